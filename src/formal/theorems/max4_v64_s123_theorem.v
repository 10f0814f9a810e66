(** The accuracy of the network in the file with this SHA-256, over all 16777216 sequences. *)

Require Import ZArith Reals List.
From CompactProofs Require Import BigNum Sha256Words Sha256 Model Weights Checker Safetensors File Claim.
Require Import max4_v64_s123_file.
Import ListNotations.

(** How the checker computes; no setting can make it wrong. *)
Definition how : settings := {|
  bits := 34; point := 188; terms := 19; squarings := 14; depth := 3; tilts := []%Z;
  bins := 0; worth := 0 |}.

(** All of the computation. *)
Lemma derived : derives sha256_by_words BigNum how the_file 0x62262b7be8fb339d28a6c257c51c96685434e35309b94be1c23b3c3e4a6de646 16777216 16772954 4262 = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem max4_v64_s123 :
  sha256 (bytes the_file) = 0x62262b7be8fb339d28a6c257c51c96685434e35309b94be1c23b3c3e4a6de646%Z /\
  exists W, read the_file = Some W /\ accuracy (model_of W) = (16772954 / 16777216)%R.
Proof. apply claim_exactly with (1 := sha256_by_words_correct) (2 := derived); reflexivity. Qed.

Print Assumptions max4_v64_s123.
