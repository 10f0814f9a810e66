(** What each token at each position adds to each output, by integers that are off by a known error at most: with all
    digits, or roughly, in words of the machine, which is enough for most rivals and much faster. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Sums Model Biases Circuits Num Exp Matrix Weights Paths Attention.
Import ListNotations.
Open Scope Z_scope.

Section Terms.
  Context {O : ops}.
  Notation num := (num O).
  Let zero : num := ofZ 0.
  Let one : num := ofZ 1.

  Variable W : weights.
  Variable X : settings.
  Let v := v W.
  Let b := bits X.
  Variable T : tables (O := O).
  Variable q : nat.

  Let shift4 : num := ofZ (Z.of_nat (4 * b)).
  Let scale2 : num := ofZ (2 ^ Z.of_nat (2 * b)).
  Let direct (o : nat) : num := mul (nth o (nth q (EUPU T) []) zero) scale2.

  (** Of all that is added, times [2^(4 b)] and before attention. *)
  Definition most_said : num := add (mul (maxabs (nth q (EUPU T) [])) scale2) (most_token_position T).

  (** From bounds of exponentials, [p, t]: what is added, [o, p, t], [P] bits after the point... *)
  Definition sums_of (weights : list (list (num * num))) : list (list (list num)) :=
    let shift := shift4 in
    tabulate v (fun o =>
      let direct := direct o in
      let tokens := nth o (EVOU T) [] in
      map2 (fun row at_p => let c := add direct at_p in map2 (fun w of_t => shr (mul (fst w) (add c of_t)) shift)
        row tokens)
        weights (nth o (PVOU T) [])).

  (** ... and how wrong it may be. *)
  Definition error_of (weights : list (list (num * num))) : num :=
    add (shr (mul (maxl_of (fun w => sub (snd w) (fst w)) weights) most_said) shift4) (ofZ 2).

  (** The bounds of the tokens up to [m], without their last [k] bits. *)
  Definition narrowed (k : num) (m : nat) (weights : list (list (num * num))) : list (list (num * num)) :=
    map (fun row => map (fun w => (shr (fst w) k, add (shr (snd w) k) one)) (firstn (S m) row)) weights.

  (** The same from those bounds. *)
  Definition rough_sums (weights : list (list (num * num))) : list (list (list num)) :=
    tabulate v (fun o =>
      let direct := shr (direct o) (cut T) in
      let tokens := nth o (rough_EVOU T) [] in
      map2 (fun row at_p => let c := add direct at_p in map2 (fun w of_t => mul (fst w) (add c of_t)) row tokens)
        weights (nth o (rough_PVOU T) [])).

  Definition rough_error (weights : list (list (num * num))) : num :=
    add (mul (ofZ 3) (maxl_of fst weights))
      (mul (maxl_of (fun w => sub (snd w) (fst w)) weights) (add (shr most_said (cut T)) one)).
End Terms.

(** * They are right *)

(** What tokens up to [m] add is [u] times what it is in truth, but for an error. *)
Definition sound {O : ops} (W : weights) (q m : nat) (u c : R) (sums : list (list (list (num O)))) (error : num O)
  : Prop :=
  let M := fold_into (model_of W) in
  (0 < u)%R /\ forall o, (o < v W)%nat -> length (nth o sums []) = n W /\ forall p, (p < n W)%nat ->
  (m < length (nth p (nth o sums []) []))%nat /\ forall t, (t <= m)%nat ->
  (Rabs (val (nth t (nth p (nth o sums []) []) (ofZ 0)) - u * (exp (scores M q p t - c) * says M q p t o))
    <= val error)%R.

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

  Variable q : nat.
  Hypothesis q_below : (q < v)%nat.
  Notation c := (c (O := O) W X q).
  Notation e p t := (exp (scores M q p t - c)).
  Notation weights := (weights_of X T q).


  Lemma scale2_repr r (x : num) : repr (2 * b) r x -> repr (4 * b) r (mul x (ofZ (2 ^ Z.of_nat (2 * b)))).
  Proof.
    intros H; replace (4 * b)%nat with (2 * b + 2 * b)%nat by lia.
    rewrite <- (Rmult_1_r r); apply repr_mul; [assumption|].
    unfold repr; rewrite ofZ_spec, Rmult_1_l; apply pow_IZR.
  Qed.

  Lemma most_said_correct p t o : (o < v)%nat -> (p < n)%nat -> (t < v)%nat ->
    (Rabs (says M q p t o) * 2 ^ (4 * b) <= val (most_said X T q))%R.
  Proof.
    intros Ho Hp Ht; generalize (EUPU_repr (O := O) W X n_pos all_exact) (EVOU_repr (O := O) W X n_pos all_exact)
      (PVOU_repr (O := O) W X n_pos all_exact); intros HD HE HP.
    unfold most_said; rewrite add_val, mul_val; cbn [most_token_position make_tables]; rewrite add_val.
    change (mmul _ (mmul (mmul (matrix b v _ (E_words W)) _) _)) with (EVOU T).
    change (mmul _ (mmul (mmul (matrix b n _ (pos_words W)) _) _)) with (PVOU T).
    assert (H1 := vrepr_maxabs _ _ _ _ o (proj2 HD q q_below) Ho).
    assert (H2 := mrepr_maxabs _ _ _ _ _ o t HE Ho Ht).
    assert (H3 := mrepr_maxabs _ _ _ _ _ o p HP Ho Hp).
    apply (Rmult_le_compat_r (2 ^ (2 * b))) in H1; [|apply pow_le; lra].
    rewrite Rmult_assoc, <- pow_add in H1; replace (2 * b + 2 * b)%nat with (4 * b)%nat in H1 by lia.
    assert (Habs : (Rabs (says M q p t o) <= Rabs (Circuits.EUPU M q o) + (Rabs (Circuits.EVOU M t o) + Rabs
      (Circuits.PVOU M p o)))%R).
    { unfold says; eapply Rle_trans; [apply Rabs_triang|]; apply Rplus_le_compat_l, Rabs_triang. }
    apply (Rmult_le_compat_r (2 ^ (4 * b))) in Habs; [|apply pow_le; lra].
    unfold val at 2; rewrite ofZ_spec, <- pow_IZR; unfold val; lra.
  Qed.

  Lemma sums_sound m : (m < v)%nat ->
    sound W q m s c (sums_of W X T q weights) (error_of X T q weights).
  Proof.
    intros Hm; split; [apply (unit_pos W X n_pos)|]; intros o Ho.
    destruct (weights_lengths (O := O) W X n_pos all_exact q q_below) as [Hw Hw'].
    generalize (EUPU_repr (O := O) W X n_pos all_exact) (EVOU_repr (O := O) W X n_pos all_exact)
      (PVOU_repr (O := O) W X n_pos all_exact); intros HD HE HP.
    assert (HE' := proj1 (proj2 HE o Ho)); assert (HP' := proj1 (proj2 HP o Ho)).
    unfold sums_of; rewrite nth_tabulate by assumption.
    split; [rewrite map2_length, Hw, HP'; apply Nat.min_id|]; intros p Hp.
    rewrite (nth_map2 _ _ _ _ [] zero) by congruence.
    split; [rewrite map2_length, (Hw' p Hp), HE', Nat.min_id; exact Hm|]; intros t Htm.
    assert (Ht : (t < v)%nat) by lia.
    destruct (weights_correct (O := O) W X n_pos scale_positive all_exact q q_below p t Hp Ht) as (W0 & W1 & W2);
      unfold Attention.e in W1, W2.
    rewrite (nth_map2 _ _ _ _ (zero, zero) zero) by (rewrite ?(Hw' p Hp), ?HE'; assumption).
    set (w := nth t (nth p weights []) (zero, zero)) in *.
    set (l := add (add (mul (nth o (nth q (EUPU T) []) zero) _) _) _).
    assert (Hl : repr (4 * b) (says M q p t o) l).
    { unfold says, l; rewrite (Rplus_comm (Circuits.EVOU M t o)), <- Rplus_assoc; repeat apply repr_add.
      - apply scale2_repr; now apply (mrepr_repr (2 * b) v v).
      - now apply (mrepr_repr _ _ _ _ _ o p HP).
      - now apply (mrepr_repr _ _ _ _ _ o t HE). }
    assert (Hmost := most_said_correct p t o Ho Hp Ht).
    assert (Hwide : (val (snd w) - val (fst w) <= val (maxl_of (fun w => sub (snd w) (fst w)) weights))%R).
    { rewrite <- sub_val; apply IZR_le, (maxl_of_le (fun w => sub (snd w) (fst w)));
        [now rewrite Hw|now rewrite (Hw' p Hp)]. }
    unfold error_of; set (widest := maxl_of _ _) in *; set (most := most_said _ _ _) in *.
    assert (He : (Rabs (val (fst w) - s * e p t) <= val widest)%R).
    { rewrite Rabs_left1 by lra; lra. }
    assert (Hwl : (Rabs (val (fst w) - s * e p t) * Rabs (says M q p t o)
      <= val (shr (mul widest most) (ofZ (Z.of_nat (4 * b)))) + 1)%R).
    { apply (shift4_val_up W X n_pos); rewrite mul_spec, mult_IZR, Rmult_assoc.
      apply Rmult_le_compat; try assumption; [apply Rabs_pos|]; apply Rmult_le_pos; [apply Rabs_pos|apply pow_le;
        lra]. }
    rewrite <- Rabs_mult in Hwl.
    set (y := shr (mul (fst w) l) _).
    assert (Hy1 : (val y <= val (fst w) * says M q p t o)%R).
    { apply (shift4_val W X n_pos); rewrite mul_spec, mult_IZR; unfold repr in Hl; rewrite <- Hl; unfold val; lra. }
    assert (Hy2 : (val (fst w) * says M q p t o <= val y + 1)%R).
    { apply (shift4_val_up W X n_pos); rewrite mul_spec, mult_IZR; unfold repr in Hl; rewrite <- Hl; unfold val; lra. }
    assert (Two : val (ofZ 2) = 2%R) by (unfold val; now rewrite ofZ_spec).
    rewrite add_val, Two.
    replace (val y - s * (e p t * says M q p t o))%R
      with ((val y - val (fst w) * says M q p t o) + (val (fst w) - s * e p t) * says M q p t o)%R by ring.
    eapply Rle_trans; [apply Rabs_triang|].
    assert (Rabs (val y - val (fst w) * says M q p t o) <= 1)%R by (apply Rabs_le; lra).
    lra.
  Qed.

  (** ** Roughly *)

  Lemma shr_val a k r : 0 <= toZ k -> (val a <= r * IZR (2 ^ toZ k) -> val (shr a k) <= r)%R.
  Proof. intros Hk H; unfold val; rewrite shr_spec by assumption; apply div_lower; [now apply pow2_pos|exact H]. Qed.

  Lemma shr_val_up a k r : 0 <= toZ k -> (r * IZR (2 ^ toZ k) <= val a -> r <= val (shr a k) + 1)%R.
  Proof. intros Hk H; unfold val; rewrite shr_spec by assumption; apply div_upper; [now apply pow2_pos|exact H]. Qed.

  Lemma narrowed_correct u r (k : num) w : 0 <= toZ k -> enclosed u r w ->
    enclosed (u / IZR (2 ^ toZ k)) r (shr (fst w) k, add (shr (snd w) k) one).
  Proof.
    intros Hk (H0 & H1 & H2).
    assert (HK : (0 < IZR (2 ^ toZ k))%R) by (apply IZR_lt, pow2_pos, Hk).
    assert (E : (u * r = u / IZR (2 ^ toZ k) * r * IZR (2 ^ toZ k))%R) by (field; lra).
    split; [|split]; cbn [fst snd].
    - unfold val; rewrite shr_spec by assumption; apply div_nonneg; [now apply pow2_pos|exact H0].
    - apply shr_val; [assumption|]; lra.
    - rewrite add_val, one_val; apply shr_val_up; [assumption|]; lra.
  Qed.

  Lemma cut_repr r (x : num) : repr (4 * b) r x ->
    let y := val (shr x (cut T)) in (y <= r * 2 ^ (4 * b) / IZR (2 ^ toZ (cut T)) <= y + 1)%R.
  Proof.
    intros H; unfold repr in H; assert (Hc := cut_nonneg W X : 0 <= toZ (cut T)).
    assert (HC : (0 < IZR (2 ^ toZ (cut T)))%R) by (apply IZR_lt, pow2_pos, Hc).
    rewrite H; split; [apply shr_val|apply shr_val_up]; trivial; unfold val; right; field; lra.
  Qed.

  Lemma rough_sound (k : num) m : 0 <= toZ k -> (m < v)%nat ->
    let w := narrowed k m weights in
    sound W q m (s / IZR (2 ^ toZ k) * (2 ^ (4 * b) / IZR (2 ^ toZ (cut T)))) c
      (rough_sums W X T q w) (rough_error X T q w).
  Proof.
    intros Hk Hm w'; set (K := IZR (2 ^ toZ k)); set (C := IZR (2 ^ toZ (cut T))).
    assert (HK : (0 < K)%R) by (apply IZR_lt, pow2_pos, Hk).
    assert (Hc := cut_nonneg W X : 0 <= toZ (cut T)).
    assert (HC : (0 < C)%R) by (apply IZR_lt, pow2_pos, Hc).
    assert (H4 : (0 < 2 ^ (4 * b))%R) by (apply pow_lt; lra).
    assert (Hs := unit_pos W X n_pos).
    split; [apply Rmult_lt_0_compat; apply Rdiv_lt_0_compat; assumption|]; intros o Ho.
    destruct (weights_lengths (O := O) W X n_pos all_exact q q_below) as [Hw Hw'].
    generalize (EUPU_repr (O := O) W X n_pos all_exact) (EVOU_repr (O := O) W X n_pos all_exact)
      (PVOU_repr (O := O) W X n_pos all_exact); intros HD HE HP.
    assert (HE' := proj1 (proj2 HE o Ho)); assert (HP' := proj1 (proj2 HP o Ho)).
    assert (Lw : length w' = n) by (unfold w', narrowed; now rewrite map_length).
    set (g := fun w : num * num => (shr (fst w) k, add (shr (snd w) k) one)) in *.
    assert (Lw' : forall p, nth p w' [] = map g (firstn (S m) (nth p weights []))).
    { intros p; unfold w', narrowed; fold g; exact (map_nth (fun row => map g (firstn (S m) row)) weights [] p). }
    assert (Lr : length (nth o (rough_EVOU T) []) = v) by (cbn [rough_EVOU make_tables]; rewrite cut_all_row,
      map_length; exact HE').
    assert (Lp : length (nth o (rough_PVOU T) []) = n) by (cbn [rough_PVOU make_tables]; rewrite cut_all_row,
      map_length; exact HP').
    unfold rough_sums; rewrite nth_tabulate by assumption.
    split; [rewrite map2_length, Lw, Lp; apply Nat.min_id|]; intros p Hp.
    rewrite (nth_map2 _ _ _ _ [] zero) by congruence.
    assert (Ll : length (nth p w' []) = S m).
    { rewrite Lw', map_length, firstn_length, (Hw' p Hp); lia. }
    split; [rewrite map2_length, Ll, Lr; lia|]; intros t Htm.
    assert (Ht : (t < v)%nat) by lia.
    assert (HW := narrowed_correct _ _ k _ Hk (weights_correct (O := O) W X n_pos scale_positive all_exact q q_below
      p t Hp Ht)).
    rewrite (nth_map2 _ _ _ _ (zero, zero) zero) by (rewrite ?Ll, ?Lr; lia).
    set (w := nth t (nth p w' []) (zero, zero)).
    assert (Ew : w = g (nth t (nth p weights []) (zero, zero))).
    { unfold w; rewrite Lw', (nth_indep _ _ (g (zero, zero))) by (rewrite map_length, firstn_length, (Hw' p Hp); lia).
      rewrite map_nth; f_equal; apply nth_firstn; lia. }
    fold (g (nth t (nth p weights []) (zero, zero))) in HW; rewrite <- Ew in HW; fold K in HW.
    destruct HW as (W0 & W1 & W2); unfold Attention.e in W1, W2.
    assert (Hwmax : (val (fst w) <= val (maxl_of fst w'))%R)
      by (apply IZR_le, (maxl_of_le fst); [now rewrite Lw|rewrite Ll; lia]).
    assert (Hwide : (val (snd w) - val (fst w) <= val (maxl_of (fun w => sub (snd w) (fst w)) w'))%R).
    { rewrite <- sub_val; apply IZR_le, (maxl_of_le (fun w => sub (snd w) (fst w))); [now rewrite Lw|rewrite Ll; lia]. }
    assert (Hsays : (Rabs (says M q p t o * 2 ^ (4 * b) / C) <= val (shr (most_said X T q) (cut T)) + 1)%R).
    { apply shr_val_up; [exact Hc|]; unfold Rdiv; rewrite !Rabs_mult, (Rabs_right (2 ^ _)) by lra.
      rewrite (Rabs_right (/ C)) by (left; now apply Rinv_0_lt_compat).
      fold C; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra; now apply most_said_correct. }
    set (l := add (add (shr _ _) _) _).
    assert (Hl : (val l <= says M q p t o * 2 ^ (4 * b) / C <= val l + 3)%R).
    { assert (D1 := cut_repr _ _ (scale2_repr _ _ (mrepr_repr _ _ _ _ _ q o HD q_below Ho))).
      assert (D2 := cut_repr _ _ (mrepr_repr _ _ _ _ _ o p HP Ho Hp)).
      assert (D3 := cut_repr _ _ (mrepr_repr _ _ _ _ _ o t HE Ho Ht)).
      cbv zeta in D1, D2, D3; fold C in D1, D2, D3.
      assert (E2 : val (nth p (nth o (rough_PVOU T) []) zero) = val (shr (nth p (nth o (PVOU T) []) zero) (cut T)))
        by (unfold val; f_equal; apply (cut_all_nth (cut T) (PVOU T)), Hc).
      assert (E3 : val (nth t (nth o (rough_EVOU T) []) zero) = val (shr (nth t (nth o (EVOU T) []) zero) (cut T)))
        by (unfold val; f_equal; apply (cut_all_nth (cut T) (EVOU T)), Hc).
      unfold l; rewrite !add_val, E2, E3; unfold says, Rdiv in *; rewrite !Rmult_plus_distr_r; lra. }
    rewrite mul_val; unfold rough_error; rewrite add_val, !mul_val, add_val, one_val.
    assert (Three : val (ofZ 3) = 3%R) by (unfold val; now rewrite ofZ_spec).
    rewrite Three.
    set (S := (says M q p t o * 2 ^ (4 * b) / C)%R) in *; set (E := (s / K * e p t)%R) in *.
    replace (s / K * (2 ^ (4 * b) / C) * (e p t * says M q p t o))%R with (E * S)%R
      by (unfold E, S; field; lra).
    replace (val (fst w) * val l - E * S)%R with (val (fst w) * (val l - S) + (val (fst w) - E) * S)%R by ring.
    eapply Rle_trans; [apply Rabs_triang|]; rewrite !Rabs_mult; apply Rplus_le_compat.
    - rewrite Rmult_comm; apply Rmult_le_compat; try apply Rabs_pos; [apply Rabs_le; lra|].
      rewrite Rabs_right by lra; exact Hwmax.
    - apply Rmult_le_compat; try apply Rabs_pos; [|exact Hsays].
      rewrite Rabs_left1 by lra; lra.
  Qed.
End Correct.
