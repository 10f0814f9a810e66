(** The accuracy of the network in the file with this SHA-256, over all 1073741824 sequences. *)

Require Import ZArith Reals List.
From CompactProofs Require Import BigNum Sha256Words Sha256 Model Weights Checker Safetensors File Claim.
Require Import max5_v64_s50_file.
Import ListNotations.

(** How the checker computes; no setting can make it wrong. *)
Definition how : settings := {|
  bits := 38; point := 180; terms := 19; squarings := 14; depth := 4; tilts := []%Z;
  bins := 0; worth := 1 |}.

(** All of the computation. *)
Lemma derived : derives sha256_by_words BigNum how the_file 0xf53da3021b9b014f2556f4a84b57b529f84e83c007be36cdfbadd11b2871eda8 1073741824 1073334465 407359 = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem max5_v64_s50 :
  sha256 (bytes the_file) = 0xf53da3021b9b014f2556f4a84b57b529f84e83c007be36cdfbadd11b2871eda8%Z /\
  exists W, read the_file = Some W /\ accuracy (model_of W) = (1073334465 / 1073741824)%R.
Proof. apply claim_exactly with (1 := sha256_by_words_correct) (2 := derived); reflexivity. Qed.

Print Assumptions max5_v64_s50.
