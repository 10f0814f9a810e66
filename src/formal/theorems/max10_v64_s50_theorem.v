(** The accuracy of the network in the file with this SHA-256, over all 1152921504606846976 sequences. *)

Require Import ZArith Reals List.
From CompactProofs Require Import BigNum Sha256Words Sha256 Model Weights Checker Safetensors File Claim.
Require Import max10_v64_s50_file.
Import ListNotations.

(** How the checker computes; no setting can make it wrong. *)
Definition how : settings := {|
  bits := 37; point := 193; terms := 20; squarings := 14; depth := 0; tilts := [2; 4; 8; 16; 32]%Z;
  bins := 256; worth := 1073741824 |}.

(** All of the computation. *)
Lemma derived : derives sha256_by_words BigNum how the_file 0x680c5be8db593b6bcb10bd595daf01a702abbc32ad52d13b59ab1b8616a9dc6f 1152921504606846976 1150957093606148684 0 = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem max10_v64_s50 :
  sha256 (bytes the_file) = 0x680c5be8db593b6bcb10bd595daf01a702abbc32ad52d13b59ab1b8616a9dc6f%Z /\
  exists W, read the_file = Some W /\ (1150957093606148684 / 1152921504606846976 <= accuracy (model_of W))%R.
Proof. apply claim_at_least with (1 := sha256_by_words_correct) (2 := derived). Qed.

Print Assumptions max10_v64_s50.
