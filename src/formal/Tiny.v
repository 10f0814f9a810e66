(** The smallest example, with the integers of the standard library: what is assumed then is what
    Coq's real numbers assume, and nothing else.

    Two tokens, two positions, one dimension: [W_E] = 0, 1; [W_pos] = 0; all maps 1, [W_O] = 8;
    [W_U] = -1, 1. *)

Require Import ZArith Reals List.
Require Import Model Num Weights Checker.
Import ListNotations.

Definition tiny : weights := {|
  v := 2; n := 2; d := 1; h := 1;
  wE := [0x00000000; 0x3f800000]%Z; wpos := [0; 0]%Z;
  wQ := [0x3f800000]%Z; wK := [0x3f800000]%Z; wV := [0x3f800000]%Z; wO := [0x41000000]%Z;
  wU := [0xbf800000; 0x3f800000]%Z; bQ := []; bK := []; bV := []; bO := []; bU := []; scaled_by := Root 1 |}.

Definition how : settings := {|
  bits := 0; point := 64; terms := 16; squarings := 4; depth := 2; tilts := []%Z; bins := 0; worth := 0 |}.

Lemma found : check ZNum how tiny = (3, 0)%Z.
Proof. vm_cast_no_check (eq_refl (3, 0)%Z). Qed.

Theorem accuracy_tiny : (3 / 4 <= accuracy (model_of tiny))%R.
Proof. apply (accuracy_lower _ _ _ _ _ found); reflexivity. Qed.
