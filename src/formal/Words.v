(** Numbers of a weights file: float32 words as reals, to be read by people as far as [entry], and as integers over a
    power of two. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Num Matrix.
Import ListNotations.
Open Scope Z_scope.

(** The number that a float32 stands for, times 2^149, which makes it an integer. (Infinities and NaN, whose exponent
    is 255, are read as if they were numbers; [finite] says that there are none.) *)
Definition f32_scaled (word : Z) : Z :=
  let mantissa := word mod 2 ^ 23 in
  let exponent := word / 2 ^ 23 mod 2 ^ 8 in
  let size := if exponent =? 0 then mantissa else (2 ^ 23 + mantissa) * 2 ^ (exponent - 1) in
  if word / 2 ^ 31 =? 0 then size else - size.

Definition f32 (word : Z) : R := (IZR (f32_scaled word) / 2 ^ 149)%R.

(** A word of a vector, and one of a matrix with so many columns. *)
Definition at_ (tensor : list Z) (i : nat) : Z := nth i tensor 0.
Definition at2 (tensor : list Z) (columns i j : nat) : Z := at_ tensor (i * columns + j).

Definition vector (tensor : list Z) (i : nat) : R := f32 (at_ tensor i).
Definition entry (tensor : list Z) (columns i j : nat) : R := f32 (at2 tensor columns i j).

Definition finite (tensor : list Z) : bool :=
  forallb (fun w => (0 <=? w) && (w <? 0x100000000) && (Z.land (Z.shiftr w 23) 0xff <? 255)) tensor.

Lemma f32_zero : f32 0 = 0%R.
Proof. unfold f32; change (f32_scaled 0) with 0; lra. Qed.

(** [f32_scaled] by shifts and with constants, which takes less time. *)
Definition scaled (word : Z) : Z :=
  let mantissa := Z.land word 0x7fffff in
  let exponent := Z.land (Z.shiftr word 23) 0xff in
  let size := if exponent =? 0 then mantissa else Z.shiftl (0x800000 + mantissa) (exponent - 1) in
  if Z.shiftr word 31 =? 0 then size else - size.

Lemma scaled_correct word : scaled word = f32_scaled word.
Proof.
  unfold scaled, f32_scaled.
  change 0x7fffff with (Z.ones 23); change 0xff with (Z.ones 8); change 0x800000 with (2 ^ 23).
  rewrite !Z.land_ones, !Z.shiftr_div_pow2 by lia.
  generalize (Z.mod_pos_bound (word / 2 ^ 23) (2 ^ 8) eq_refl); intros H.
  destruct (Z.eqb_spec (word / 2 ^ 23 mod 2 ^ 8) 0) as [|He]; [reflexivity|].
  now rewrite Z.shiftl_mul_pow2 by lia.
Qed.

(** * As integers over [2^bits], [bits <= 149] *)

Section Integers.
  Context {O : ops}.
  Variable bits : nat.
  Let unit : Z := 2 ^ (149 - Z.of_nat bits).

  (** By shifts, which are faster than divisions by [unit]. *)
  Definition is_exact (word : Z) : bool := Z.land (scaled word) (Z.ones (149 - Z.of_nat bits)) =? 0.
  Definition exact (tensor : list Z) : bool := (bits <=? 149)%nat && forallb is_exact tensor.

  Definition integer (word : Z) : num O := ofZ (Z.shiftr (scaled word) (149 - Z.of_nat bits)).

  (** A matrix of words, and its transpose. *)
  Definition matrix (r c : nat) (word : nat -> nat -> Z) : list (list (num O)) :=
    tabulate r (fun i => tabulate c (fun j => integer (word i j))).
  Definition transposed (r c : nat) (word : nat -> nat -> Z) : list (list (num O)) :=
    tabulate c (fun j => tabulate r (fun i => integer (word i j))).

  Hypothesis bits_fit : (bits <= 149)%nat.

  Lemma unit_positive : 0 < unit.
  Proof. apply Z.pow_pos_nonneg; lia. Qed.

  Lemma exact_repr word : is_exact word = true -> repr (O := O) bits (f32 word) (integer word).
  Proof.
    unfold is_exact; intros Hm; apply Z.eqb_eq in Hm; rewrite scaled_correct, Z.land_ones in Hm by lia.
    assert (Hu := unit_positive).
    unfold repr, integer, f32; rewrite ofZ_spec, scaled_correct, Z.shiftr_div_pow2 by lia; fold unit in Hm |- *.
    rewrite (Z.div_mod (f32_scaled word) unit) at 1 by lia; rewrite Hm, Z.add_0_r, mult_IZR.
    assert (E : IZR unit = (2 ^ (149 - bits))%R).
    { unfold unit; rewrite pow_IZR; do 2 f_equal; lia. }
    rewrite E; replace (2 ^ 149)%R with (2 ^ (149 - bits) * 2 ^ bits)%R by (rewrite <- pow_add; f_equal; lia).
    assert (0 < 2 ^ (149 - bits) /\ 0 < 2 ^ bits)%R by (split; apply pow_lt; lra).
    field; lra.
  Qed.

  Lemma zero_exact : is_exact 0 = true.
  Proof. unfold is_exact; change (scaled 0) with 0; reflexivity. Qed.

  Lemma at_exact tensor i : exact tensor = true -> is_exact (at_ tensor i) = true.
  Proof.
    unfold exact; intros H; apply andb_true_iff in H; destruct H as [_ H]; rewrite forallb_forall in H.
    unfold at_; destruct (nth_in_or_default i tensor 0) as [Hin| ->]; [now apply H|apply zero_exact].
  Qed.

  Lemma matrix_repr r c word : (forall i j, is_exact (word i j) = true) ->
    mrepr bits r c (fun i j => f32 (word i j)) (matrix r c word).
  Proof.
    intros H; apply mrepr_tabulate; intros i Hi; apply vrepr_tabulate; intros j Hj; now apply exact_repr.
  Qed.

  Lemma transposed_repr r c word : (forall i j, is_exact (word i j) = true) ->
    mrepr bits c r (fun j i => f32 (word i j)) (transposed r c word).
  Proof.
    intros H; apply mrepr_tabulate; intros i Hi; apply vrepr_tabulate; intros j Hj; now apply exact_repr.
  Qed.
End Integers.
