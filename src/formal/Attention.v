(** The exponentials of scores, enclosed by integers: how much attention each token at each position gets of a query,
    but for a factor that all of its tokens share. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Sums Model Biases Circuits Num Exp Matrix Weights Paths.
Import ListNotations.
Open Scope Z_scope.

Section Attention.
  Context {O : ops}.
  Notation num := (num O).
  Let one : num := ofZ 1.

  Variable X : settings.
  Let b := bits X.
  Let P : Z := Z.of_nat (point X).
  Variable T : tables (O := O).
  Let shift4 : num := ofZ (Z.of_nat (4 * b)).

  (** Bounds of 2^P e^-x, of an [x] yet to be divided by the scale. *)
  Definition decay (x : num) : num * num :=
    exp_neg P (terms X) (squarings X) (shr (mul x (fst (per_scale T))) shift4)
      (add (shr (mul x (snd (per_scale T))) shift4) one).

  Definition decays (scores : list num) : list (num * num) :=
    let most := maxl scores in map (fun x => decay (sub most x)) scores.

  (** Bounds of the exponentials of all scores, [p, t]. *)
  Definition weights_of (q : nat) : list (list (num * num)) :=
    let tokens := decays (nth q (EQKE T) []) in
    map (fun at_p => map (fun of_t => (down P (mul (fst of_t) (fst at_p)), up P (mul (snd of_t) (snd at_p)))) tokens)
      (decays (nth q (EQKP T) [])).

End Attention.

(** * They are right *)

(** Bounds of [u r], for [r >= 0]. *)
Definition enclosed {O : ops} (u r : R) (w : num O * num O) : Prop :=
  (0 <= val (fst w) /\ val (fst w) <= u * r <= val (snd w))%R.

Section Correct.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).
  Notation one := (ofZ 1 : num).

  Variable W : weights.
  Variable X : settings.
  Notation v := (v W).
  Notation n := (n W).
  Notation b := (bits X).
  Notation P := (Z.of_nat (point X)).
  Notation M := (fold_into (model_of W)).

  Hypothesis n_pos : (0 < n)%nat.
  Hypothesis scale_positive : positive (scaled_by W) = true.
  Hypothesis all_exact : forallb (exact b) (tensors W) = true.

  Notation T := (make_tables (O := O) W X).

  Notation val := (val (O := O)).
  Notation s := (IZR (2 ^ P)).
  Notation scale := (divisor (scaled_by W)).

  Lemma unit_pos : (0 < s)%R.
  Proof. apply IZR_lt, Z.pow_pos_nonneg; lia. Qed.

  Lemma scale_pos : (0 < scale)%R.
  Proof.
    revert scale_positive; destruct (scaled_by W) as [k|digits places]; simpl; intros H.
    - apply sqrt_lt_R0, lt_0_INR; now apply Nat.ltb_lt.
    - apply Z.ltb_lt, IZR_lt in H; apply Rdiv_lt_0_compat; [assumption|apply pow_lt; lra].
  Qed.

  Lemma over_scale_correct : (0 <= over_scale P (scaled_by W))%Z /\
    (IZR (over_scale P (scaled_by W)) * scale <= s <= IZR (over_scale P (scaled_by W) + 1) * scale)%R.
  Proof.
    generalize scale_pos; revert scale_positive; destruct (scaled_by W) as [k|digits places]; simpl; intros H Hs.
    - apply Nat.ltb_lt in H; set (c := 4 ^ P / Z.of_nat k); set (r := Z.sqrt c); set (root := sqrt (INR k)) in *.
      assert (Hk : 0 < Z.of_nat k) by lia.
      assert (Hc : 0 <= c) by (apply Z.div_pos; [apply Z.pow_nonneg; lia|lia]).
      assert (Hr : 0 <= r) by apply Z.sqrt_nonneg.
      destruct (Z.sqrt_spec c Hc) as [Hr1 Hr2]; fold r in Hr1, Hr2.
      destruct (div_bounds (4 ^ P) (Z.of_nat k) Hk) as [Hc1 Hc2]; fold c in Hc1, Hc2.
      assert (H4 : IZR (4 ^ P) = (s * s)%R) by (rewrite <- mult_IZR, <- Z.pow_mul_l; reflexivity).
      assert (HH : IZR (Z.of_nat k) = (root * root)%R).
      { unfold root; rewrite sqrt_sqrt; [symmetry; apply INR_IZR_INZ|apply pos_INR]. }
      rewrite H4, HH in *; generalize unit_pos; intros Hsp; split; [exact Hr|]; apply IZR_le in Hr.
      assert (Hr1' : (IZR r * IZR r <= IZR c)%R) by (rewrite <- mult_IZR; now apply IZR_le).
      assert (Hr2' : (IZR c + 1 <= IZR (r + 1) * IZR (r + 1))%R).
      { rewrite <- mult_IZR, <- plus_IZR; apply IZR_le; lia. }
      assert (Hr' : (0 <= IZR (r + 1))%R) by (rewrite plus_IZR; lra).
      assert (Hmul : forall a u, (0 <= a -> 0 <= u -> a * a <= u * u -> a <= u)%R).
      { intros a u Ha Hu Hau; apply Rsqr_incr_0; assumption. }
      assert (Hroot : (0 < root * root)%R) by now apply Rmult_lt_0_compat.
      split; apply Hmul; try (apply Rmult_le_pos); try lra.
      + replace (IZR r * root * (IZR r * root))%R with (IZR r * IZR r * (root * root))%R by ring.
        apply Rle_trans with (IZR c * (root * root))%R; [|lra]; apply Rmult_le_compat_r; lra.
      + replace (IZR (r + 1) * root * (IZR (r + 1) * root))%R
          with (IZR (r + 1) * IZR (r + 1) * (root * root))%R by ring.
        apply Rle_trans with ((IZR c + 1) * (root * root))%R; [lra|]; apply Rmult_le_compat_r; lra.
    - apply Z.ltb_lt in H; destruct (div_bounds (2 ^ P * 10 ^ Z.of_nat places) digits H) as [H1 H2].
      assert (H10 : (0 < 10 ^ places)%R) by (apply pow_lt; lra).
      rewrite plus_IZR, mult_IZR, <- (pow_IZR 10) in *; split.
      { apply Z.div_pos; [|assumption]; apply Z.mul_nonneg_nonneg; apply Z.pow_nonneg; lia. }
      unfold Rdiv; rewrite <- !Rmult_assoc; split.
      + apply Rmult_le_reg_r with (10 ^ places)%R; [assumption|]; rewrite Rmult_assoc, Rinv_l by lra; lra.
      + apply Rmult_le_reg_r with (10 ^ places)%R; [assumption|]; rewrite Rmult_assoc, Rinv_l by lra; lra.
  Qed.

  Lemma per_scale_correct :
    (0 <= val (fst (per_scale T)) /\ val (fst (per_scale T)) <= s / scale <= val (snd (per_scale T)))%R.
  Proof.
    unfold val; cbn [per_scale make_tables fst snd]; rewrite !ofZ_spec.
    destruct over_scale_correct as [H0 [H1 H2]]; generalize scale_pos; intros Hs; apply IZR_le in H0.
    split; [exact H0|].
    split; apply Rmult_le_reg_r with scale; try assumption; unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra;
      assumption.
  Qed.

  Lemma shift4_val a r : (IZR (toZ a) <= r * 2 ^ (4 * b))%R -> (val (shr a (ofZ (Z.of_nat (4 * b)))) <= r)%R.
  Proof.
    intros H; unfold val; rewrite shr_spec; rewrite ofZ_spec; [|lia].
    apply div_lower; [apply Z.pow_pos_nonneg; lia|]; now rewrite <- pow_IZR.
  Qed.

  Lemma shift4_val_up a r : (r * 2 ^ (4 * b) <= IZR (toZ a))%R -> (r <= val (shr a (ofZ (Z.of_nat (4 * b)))) + 1)%R.
  Proof.
    intros H; unfold val; rewrite shr_spec; rewrite ofZ_spec; [|lia].
    apply div_upper; [apply Z.pow_pos_nonneg; lia|]; now rewrite <- pow_IZR.
  Qed.

  Lemma shift4_nonneg a : (0 <= IZR (toZ a) -> 0 <= val (shr a (ofZ (Z.of_nat (4 * b)))))%R.
  Proof.
    intros H; unfold val; rewrite shr_spec; rewrite ofZ_spec; [|lia].
    apply div_nonneg; [apply Z.pow_pos_nonneg; lia|assumption].
  Qed.

  Notation bounds := (enclosed s).

  Lemma decay_correct r x : (0 <= r)%R -> repr (4 * b) r x -> bounds (exp (- (r / scale))) (decay X T x).
  Proof.
    intros Hr Hx; unfold repr in Hx; generalize per_scale_correct unit_pos scale_pos; intros (R0 & R1 & R2) Hs Hrh.
    assert (H2 : (0 < 2 ^ (4 * b))%R) by (apply pow_lt; lra).
    assert (Hx0 : (0 <= val x)%R) by (unfold val; rewrite <- Hx; apply Rmult_le_pos; lra).
    apply exp_neg_correct; [lia|apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat]| |split].
    - apply shift4_nonneg; rewrite mul_spec, mult_IZR; now apply Rmult_le_pos.
    - apply shift4_val; rewrite mul_spec, mult_IZR, <- Hx.
      replace (s * (r / scale) * 2 ^ (4 * b))%R with (r * 2 ^ (4 * b) * (s / scale))%R by (field; lra).
      apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|assumption].
    - rewrite add_val, one_val; apply shift4_val_up; rewrite mul_spec, mult_IZR, <- Hx.
      replace (s * (r / scale) * 2 ^ (4 * b))%R with (r * 2 ^ (4 * b) * (s / scale))%R by (field; lra).
      apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|assumption].
  Qed.

  (** The score taken off all of them, of a row of scores. *)
  Definition top (scores : list num) : R := (IZR (toZ (maxl scores)) / 2 ^ (4 * b))%R.

  Lemma decays_correct k f scores i : vrepr (4 * b) k f scores -> (i < k)%nat ->
    bounds (exp (- ((top scores - f i) / scale))) (nth i (decays X T scores) (zero, zero)).
  Proof.
    intros [Hl H] Hi; unfold decays.
    rewrite (nth_indep _ _ (decay X T (sub (maxl scores) zero))) by (now rewrite map_length, Hl).
    rewrite (map_nth (fun x => decay X T (sub (maxl scores) x))).
    assert (H2 : (0 < 2 ^ (4 * b))%R) by (apply pow_lt; lra).
    specialize (H i Hi); unfold repr in H.
    apply decay_correct.
    - assert (f i <= top scores)%R; [|lra].
      apply Rmult_le_reg_r with (2 ^ (4 * b))%R; [assumption|].
      unfold top, Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
      rewrite H; apply IZR_le, maxl_le; lia.
    - apply repr_sub; [unfold repr, top; field; lra|exact H].
  Qed.

  Section Query.
    Variable q : nat.
    Hypothesis q_below : (q < v)%nat.

    Notation tokens := (nth q (EQKE T) []).
    Notation positions := (nth q (EQKP T) []).
    (** The shift of the scores, and the exponentials. *)
    Definition c : R := ((top tokens + top positions) / scale)%R.
    Definition e (p t : nat) : R := exp (scores M q p t - c).

    Notation weights := (weights_of X T q).

    Lemma weights_correct p t : (p < n)%nat -> (t < v)%nat ->
      bounds (e p t) (nth t (nth p weights []) (zero, zero)).
    Proof.
      intros Hp Ht; unfold weights_of.
      destruct (EQKE_repr (O := O) W X n_pos all_exact) as [_ HE]; specialize (HE q q_below).
      destruct (EQKP_repr (O := O) W X n_pos all_exact) as [_ HP]; specialize (HP q q_below).
      set (f := fun at_p of_t : num * num => (down P (mul (fst of_t) (fst at_p)), up P (mul (snd of_t) (snd at_p)))).
      change (map _ (decays X T positions)) with (map (fun at_p => map (f at_p) (decays X T tokens)) (decays X T
        positions)).
      rewrite (nth_indep _ [] (map (f (zero, zero)) (decays X T tokens))).
      2: { unfold decays; rewrite !map_length; now rewrite (proj1 HP). }
      rewrite (map_nth (fun at_p => map (f at_p) (decays X T tokens))).
      rewrite (nth_indep _ (zero, zero) (f (nth p (decays X T positions) (zero, zero)) (zero, zero))).
      2: { unfold decays; rewrite !map_length; now rewrite (proj1 HE). }
      rewrite map_nth.
      destruct (decays_correct v _ tokens t HE Ht) as (A0 & A1 & A2).
      destruct (decays_correct n _ positions p HP Hp) as (B0 & B1 & B2).
      set (A := nth t (decays X T tokens) (zero, zero)) in *.
      set (B := nth p (decays X T positions) (zero, zero)) in *.
      assert (Ee : e p t = (exp (- ((top tokens - Circuits.EQKE M q t) / scale)) * exp (- ((top positions -
        Circuits.EQKP M q p) / scale)))%R).
      { rewrite <- exp_plus; unfold e, c, scores; f_equal.
        change (attn_scale M) with scale; field; generalize scale_pos; lra. }
      set (ea := exp (- ((top tokens - _) / scale))) in *; set (eb := exp (- ((top positions - _) / scale))) in *.
      assert (Hea : (0 < ea)%R) by apply exp_pos; assert (Heb : (0 < eb)%R) by apply exp_pos.
      generalize unit_pos; intros Hs; rewrite Ee; unfold f, enclosed; cbn [fst snd]; split; [|split].
      - apply down_nonneg; [lia|]; rewrite mul_val; now apply Rmult_le_pos.
      - apply down_val; [lia|]; rewrite mul_val.
        replace (s * (ea * eb) * s)%R with (s * ea * (s * eb))%R by ring; now apply Rmult_le_compat.
      - apply up_val; [lia|]; rewrite mul_val.
        replace (s * (ea * eb) * s)%R with (s * ea * (s * eb))%R by ring.
        apply Rmult_le_compat; try assumption; apply Rmult_le_pos; lra.
    Qed.

    Lemma weights_lengths : length weights = n /\ forall p, (p < n)%nat -> length (nth p weights []) = v.
    Proof.
      destruct (EQKE_repr (O := O) W X n_pos all_exact) as [_ HE]; destruct (HE q q_below) as [HE' _].
      destruct (EQKP_repr (O := O) W X n_pos all_exact) as [_ HP]; destruct (HP q q_below) as [HP' _].
      unfold weights_of, decays; split; [rewrite !map_length; exact HP'|]; intros p Hp.
      match goal with |- length (nth p (map ?g ?l) []) = _ =>
        rewrite (nth_indep _ [] (g (zero, zero))) by (now rewrite !map_length, HP'); rewrite (map_nth g) end.
      rewrite !map_length; exact HE'.
    Qed.

  End Query.
End Correct.
