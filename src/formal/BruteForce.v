(** Brute force for networks with two tokens: all logits of all inputs, first of weights that are rounded, so that each
    number is a word of the machine. Where that leaves open which logit is the largest, weights are exact. So each input
    is certainly right or certainly wrong, and the count is the accuracy. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Sums TwoToken Num Matrix Count Words TwoTokenFile Logits.
Import ListNotations.
Open Scope Z_scope.

(** * Rounded weights *)

(** A float32 rounded down to [bits] after the point. *)
Definition f32_down (bits : nat) (word : Z) : R := (IZR (Z.shiftr (scaled word) (149 - Z.of_nat bits)) / 2 ^ bits)%R.

Lemma f32_down_repr {O : ops} bits word : repr (O := O) bits (f32_down bits word) (integer bits word).
Proof.
  unfold repr, f32_down, integer; rewrite ofZ_spec; field; apply pow_nonzero; lra.
Qed.

Lemma f32_down_near bits word : (bits <= 149)%nat -> (0 <= f32 word - f32_down bits word <= / 2 ^ bits)%R.
Proof.
  intros Hb; unfold f32, f32_down; rewrite scaled_correct, Z.shiftr_div_pow2 by lia.
  set (u := 2 ^ (149 - Z.of_nat bits)); assert (Hu : 0 < u) by (apply Z.pow_pos_nonneg; lia).
  destruct (div_bounds (f32_scaled word) u Hu) as [H1 H2].
  assert (E : (2 ^ 149 = IZR u * 2 ^ bits)%R).
  { unfold u; replace 149%nat with ((149 - bits) + bits)%nat by lia; rewrite pow_add; f_equal.
    rewrite pow_IZR; do 2 f_equal; lia. }
  rewrite E; apply IZR_lt in Hu; assert (Hp : (0 < 2 ^ bits)%R) by (apply pow_lt; lra).
  replace (IZR (f32_scaled word) / (IZR u * 2 ^ bits))%R with ((IZR (f32_scaled word) / IZR u) * / 2 ^ bits)%R
    by (field; lra).
  set (q := IZR (f32_scaled word / u)) in *; set (s := IZR (f32_scaled word)) in *.
  assert (q <= s / IZR u <= q + 1)%R.
  { split; [apply Rmult_le_reg_r with (IZR u)|apply Rmult_le_reg_r with (IZR u)]; trivial; unfold Rdiv;
      rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra; lra. }
  set (t := (s / IZR u)%R) in *; unfold Rdiv; set (i := (/ 2 ^ bits)%R) in *.
  assert (0 < i)%R by (now apply Rinv_0_lt_compat); rewrite <- Rmult_minus_distr_r; split; nra.
Qed.

(** How far logits are off. *)
Lemma relu_near a b d : (Rabs (a - b) <= d -> Rabs (relu a - relu b) <= d)%R.
Proof.
  intros H; apply Rle_trans with (2 := H); unfold relu, Rmax.
  destruct (Rle_dec 0 a), (Rle_dec 0 b); unfold Rabs; repeat destruct (Rcase_abs _); lra.
Qed.

Lemma relu_nonneg a : (0 <= relu a)%R.
Proof. apply Rmax_l. Qed.

Lemma product_near a a' u u' d e A U : (0 <= a' <= A -> Rabs u <= U -> Rabs (a - a') <= d -> Rabs (u - u') <= e ->
  Rabs (a * u - a' * u') <= d * U + A * e)%R.
Proof.
  intros Ha Hu Hd He; replace (a * u - a' * u')%R with ((a - a') * u + a' * (u - u'))%R by ring.
  apply Rle_trans with (1 := Rabs_triang _ _); rewrite !Rabs_mult, (Rabs_right a') by lra.
  apply Rplus_le_compat; apply Rmult_le_compat; trivial using Rabs_pos; lra.
Qed.

Lemma sum_near n f g e : (forall i, (i < n)%nat -> Rabs (f i - g i) <= e)%R ->
  (Rabs (sum n f - sum n g) <= INR n * e)%R.
Proof.
  intros H; rewrite <- sum_minus, <- (sum_const n e); induction n as [|n IH]; simpl; [rewrite Rabs_R0; lra|].
  apply Rle_trans with (1 := Rabs_triang _ _); apply Rplus_le_compat; auto.
Qed.

(** Bits after the point of rounded weights. *)
Definition few : nat := 22.

Section Rounded.
  Context {O : ops}.
  Variable W : weights.
  Notation N := (network_of W).
  Notation rounded := (read_by W (f32_down few)).
  Notation few_L := (L_rows (O := O) few W).
  Notation few_R := (R_rows (O := O) few W).
  Notation few_U := (U_rows (O := O) few W).

  (** How far a rounded logit may be off: weights by 2^-few each, and so what a neuron gives by three times that. *)
  Definition error : Z :=
    let most A := toZ (maxabs_all A) in
    Z.of_nat (m W) * (3 * (most few_U + 1) + most few_L + most few_R) + 2 ^ Z.of_nat few.

  Hypothesis fits : shaped W = true.

  Lemma few_zero : f32_down few 0 = 0%R.
  Proof. unfold f32_down; change (Z.shiftr (scaled 0) (149 - Z.of_nat few)) with 0; unfold Rdiv; apply Rmult_0_l. Qed.

  Lemma few_right l w : In l (tensors W) -> In w l -> repr (O := O) few (f32_down few w) (integer few w).
  Proof. intros _ _; apply f32_down_repr. Qed.

  Lemma logit_near x y z : (x < n W)%nat -> (y < n W)%nat -> (z < o W)%nat ->
    (Rabs (logit N x y z - logit rounded x y z) * 2 ^ (few + few) <= IZR error)%R.
  Proof.
    intros Hx Hy Hz; set (s := (2 ^ few)%R); assert (Hs : (0 < s)%R) by (apply pow_lt; lra).
    assert (Hnear : forall w, (0 <= f32 w - f32_down few w <= / s)%R)
      by (intros w; apply f32_down_near; unfold few; lia).
    assert (Hi : (0 < / s)%R) by now apply Rinv_0_lt_compat.
    set (mU := IZR (toZ (maxabs_all few_U))); set (mL := IZR (toZ (maxabs_all few_L))).
    set (mR := IZR (toZ (maxabs_all few_R))).
    assert (Hscale : forall r t, (Rabs r * s <= t -> Rabs r <= t * / s)%R).
    { intros r t H; apply Rmult_le_reg_r with s; [exact Hs|]; rewrite Rmult_assoc, Rinv_l by lra; lra. }
    assert (Hneuron : forall i, (i < m W)%nat ->
      (Rabs (active N x y i * unembed N i z - active rounded x y i * unembed rounded i z)
       <= 3 * / s * ((mU + 1) * / s) + (mL + mR) * / s * / s)%R).
    { intros i Hi'.
      assert (HL := Hscale _ _ (mrepr_maxabs _ _ _ _ _ x i (L_repr few W _ few_zero few_right fits) Hx Hi')).
      assert (HR := Hscale _ _ (mrepr_maxabs _ _ _ _ _ y i (R_repr few W _ few_zero few_right fits) Hy Hi')).
      assert (HU := Hscale _ _ (mrepr_maxabs _ _ _ _ _ i z (U_repr few W _ few_zero few_right fits) Hi' Hz)).
      fold mL in HL; fold mR in HR; fold mU in HU.
      apply product_near.
      - split; [apply relu_nonneg|]; unfold active; apply Rle_trans with (Rabs (left rounded x i) +
          Rabs (right rounded y i + hidden_bias rounded i))%R; [|lra].
        rewrite Rplus_assoc; apply Rmax_lub; [apply Rplus_le_le_0_compat; apply Rabs_pos|].
        apply Rle_trans with (1 := Rle_abs _), Rabs_triang.
      - assert (H := Hnear (at2 (wU W) (o W) i z)).
        change (unembed N i z) with (f32 (at2 (wU W) (o W) i z)).
        change (unembed rounded i z) with (f32_down few (at2 (wU W) (o W) i z)) in HU.
        revert H HU; unfold Rabs; repeat destruct (Rcase_abs _); lra.
      - unfold active; apply relu_near.
        assert (H1 := Hnear (at2 (wL W) (m W) x i)); assert (H2 := Hnear (at2 (wR W) (m W) y i)).
        assert (H3 := Hnear (at_ (bH W) i)); cbn [left right hidden_bias network_of read_by]; unfold entry, vector.
        rewrite Rabs_right; lra.
      - assert (H := Hnear (at2 (wU W) (o W) i z)); cbn [unembed network_of read_by]; unfold entry.
        rewrite Rabs_right; lra. }
    apply sum_near in Hneuron; unfold logit; change (neurons N) with (m W); change (neurons rounded) with (m W).
    assert (Hb := Hnear (at_ (bU W) z)); cbn [unembed_bias network_of read_by]; unfold vector.
    match type of Hneuron with (Rabs (?a - ?b) <= _)%R => set (s1 := a) in *; set (s2 := b) in * end.
    replace (s1 + f32 (at_ (bU W) z) - (s2 + f32_down few (at_ (bU W) z)))%R
      with ((s1 - s2) + (f32 (at_ (bU W) z) - f32_down few (at_ (bU W) z)))%R by ring.
    apply Rle_trans with ((INR (m W) * (3 * / s * ((mU + 1) * / s) + (mL + mR) * / s * / s) + / s) * (s * s))%R.
    - rewrite pow_add; fold s; apply Rmult_le_compat_r; [nra|]; apply Rle_trans with (1 := Rabs_triang _ _).
      apply Rplus_le_compat; [exact Hneuron|rewrite Rabs_right; lra].
    - unfold error; cbv zeta; rewrite plus_IZR, mult_IZR, <- INR_IZR_INZ, !plus_IZR, mult_IZR, plus_IZR.
      fold mU mL mR; replace (IZR (2 ^ Z.of_nat few)) with s by (unfold s; now rewrite pow_IZR).
      right; field; lra.
  Qed.
End Rounded.

(** * Counting *)

(** Shapes fit, and all words are finite numbers that [bits] hold. *)
Definition well_formed (bits : nat) (W : weights) : bool :=
  shaped W && forallb finite (tensors W) && forallb (exact bits) (tensors W).

Section Check.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).
  Variable bits : nat.
  Variable W : weights.
  Variable T : table.

  (** The matrices of a network. *)
  Record numbers := Numbers { Ls : list (list num); Rs : list (list num); Us : list (list num); start : list num }.
  Definition numbers_of (bits : nat) : numbers :=
    Numbers (L_rows bits W) (R_rows bits W) (U_rows bits W) (biases bits W).
  Definition logits (A : numbers) (x y : nat) : list num :=
    add_active (map2 add (nth x (Ls A) []) (nth y (Rs A) [])) (Us A) (start A).

  (** Whether the logit of [p] is the largest; [margin] is twice the error of rounded logits. *)
  Definition is_right (rough whole : numbers) (margin : num) (x y p : nat) : bool :=
    let found := logits rough x y in
    let best := nth p found zero in
    if others_below (sub best margin) p found then true
    else if others_below (add best margin) p found
    then let found := logits whole x y in others_below (nth p found zero) p found
    else false.

  Definition count_right : Z :=
    let (rough, whole) := (numbers_of few, numbers_of bits) in
    let margin := ofZ (2 * error (O := O) W) in
    zsum (n W) (fun x =>
      let products := nth x T [] in
      zsum (n W) (fun y =>
        let p := nth y products 0%nat in
        if (p <? o W)%nat then if is_right rough whole margin x y p then 1 else 0 else 0)).

  Hypothesis fits : well_formed bits W = true.

  Lemma fits_parts : shaped W = true /\ (bits <= 149)%nat /\
    forall l w, In l (tensors W) -> In w l -> is_exact bits w = true.
  Proof.
    revert fits; unfold well_formed; rewrite !andb_true_iff, !forallb_forall; intros [[Hs _] He].
    split; [exact Hs|]; assert (H := He (wL W) (or_introl eq_refl)); unfold exact in H.
    apply andb_true_iff in H; destruct H as [Hb _]; split; [now apply Nat.leb_le|]; intros l w Hl Hw.
    apply He in Hl; unfold exact in Hl; apply andb_true_iff in Hl; destruct Hl as [_ Hl].
    rewrite forallb_forall in Hl; now apply Hl.
  Qed.

  Notation N := (network_of W).

  Lemma is_right_correct x y p : (x < n W)%nat -> (y < n W)%nat -> (p < o W)%nat ->
    is_right (numbers_of few) (numbers_of bits) (ofZ (2 * error (O := O) W)) x y p = true <->
    forall z, (z < o W)%nat -> z <> p -> (logit N x y z < logit N x y p)%R.
  Proof.
    intros Hx Hy Hp; destruct fits_parts as (Hs & Hb & He); unfold is_right; cbv zeta.
    destruct (logits_repr few W _ few_zero (few_right W) Hs x y Hx Hy
      : vrepr _ _ _ (logits (numbers_of few) x y)) as [Hl H].
    set (found := logits (numbers_of few) x y) in *.
    assert (Hf : (0 < 2 ^ (few + few))%R) by (apply pow_lt; lra).
    assert (Hnear : forall z, (z < o W)%nat -> (IZR (toZ (nth z found zero)) - IZR (error (O := O) W)
      <= logit N x y z * 2 ^ (few + few) <= IZR (toZ (nth z found zero)) + IZR (error (O := O) W))%R).
    { intros z Hz; assert (Hn := logit_near (O := O) W Hs x y z Hx Hy Hz); rewrite <- (H z Hz).
      rewrite <- (Rabs_right (2 ^ (few + few))), <- Rabs_mult in Hn by lra; revert Hn; unfold Rabs.
      destruct (Rcase_abs _); lra. }
    destruct (others_below _ p found) eqn:E1; [|destruct (others_below (add _ _) p found) eqn:E2].
    - split; [intros _|reflexivity]; intros z Hz Hne; rewrite others_below_spec in E1 by now rewrite Hl.
      specialize (E1 z ltac:(now rewrite Hl) Hne); rewrite sub_spec, ofZ_spec in E1; apply IZR_lt in E1.
      rewrite minus_IZR, mult_IZR in E1; generalize (Hnear z Hz) (Hnear p Hp); intros H1 H2.
      apply Rmult_lt_reg_r with (1 := Hf); lra.
    - assert (Hz : f32 0 = 0%R) by exact f32_zero.
      assert (Hr : forall l w, In l (tensors W) -> In w l -> repr (O := O) bits (f32 w) (integer bits w)).
      { intros l w Hin Hw; apply exact_repr; [exact Hb|now apply (He l)]. }
      destruct (logits_repr bits W f32 Hz Hr Hs x y Hx Hy
        : vrepr _ _ (logit N x y) (logits (numbers_of bits) x y)) as [Hl' H'].
      rewrite others_below_spec by now rewrite Hl'.
      assert (Hw : (0 < 2 ^ (bits + bits))%R) by (apply pow_lt; lra).
      split; intros HH z Hz' Hne.
      + specialize (HH z ltac:(now rewrite Hl') Hne); apply IZR_lt in HH; rewrite <- (H' z Hz'), <- (H' _ Hp) in HH.
        now apply Rmult_lt_reg_r with (2 := HH).
      + rewrite Hl' in Hz'; apply lt_IZR; rewrite <- (H' z Hz'), <- (H' _ Hp); apply Rmult_lt_compat_r; [exact Hw|].
        now apply HH.
    - split; [discriminate|]; intros HH; exfalso; revert E2; apply not_false_iff_true.
      apply others_below_spec; [now rewrite Hl|]; intros z Hz Hne; rewrite Hl in Hz; rewrite add_spec, ofZ_spec.
      apply lt_IZR; rewrite plus_IZR, mult_IZR; generalize (Hnear z Hz) (Hnear p Hp); intros H1 H2.
      specialize (HH z Hz Hne); apply Rmult_lt_compat_r with (1 := Hf) in HH; lra.
  Qed.

  Lemma count_right_correct : count_right = Z.of_nat (count_correct N T).
  Proof.
    assert (Hc : forall (P : nat * nat -> bool) k (l : list nat),
      count P (list_prod (seq 0 k) l) = zsum k (fun x => count (fun y => P (x, y)) l)).
    { intros P k l; revert P; induction k as [|k IH]; intros P; [reflexivity|].
      rewrite seq_S; change (0 + k)%nat with k; cbn [zsum]; rewrite <- IH; clear IH.
      induction (seq 0 k) as [|x xs IH]; simpl; rewrite !count_app, ?count_map; [now rewrite count_nil, Z.add_0_r|].
      rewrite IH; lia. }
    assert (Hs : forall (P : nat -> bool) k, count P (seq 0 k) = zsum k (fun y => if P y then 1 else 0)).
    { intros P k; induction k as [|k IH]; [reflexivity|]; rewrite seq_S, count_app, IH; simpl; f_equal.
      rewrite count_cons; unfold count; simpl; lia. }
    change (Z.of_nat (count_correct N T)) with (count (correctb N T) (inputs N)); unfold inputs; rewrite Hc.
    unfold count_right; apply zsum_ext; intros x Hx; rewrite Hs; apply zsum_ext; intros y Hy.
    cbv zeta; change (nth y (nth x T []) 0%nat) with (product T x y).
    assert (E : forall b c d : bool, (d = true <-> b = true /\ c = true) ->
      (if b then if c then 1 else 0 else 0) = if d then 1 else 0).
    { intros [] [] []; intuition congruence. }
    apply E; rewrite correctb_iff; unfold correct; rewrite Nat.ltb_lt; change (outputs N) with (o W).
    split; intros [Hp H]; (split; [exact Hp|]); now apply (is_right_correct x y _ Hx Hy Hp).
  Qed.
End Check.

(** Of all inputs, so many are right, and so many wrong; none if the weights are not well formed. *)
Definition check (O : ops) (bits : nat) (T : table) (W : weights) : Z * Z :=
  if well_formed bits W
  then let right := count_right (O := O) bits W T in (right, Z.of_nat (n W) ^ 2 - right)
  else (0, 0).

Theorem check_correct O bits T W right wrong : check O bits T W = (right, wrong) ->
  right <= Z.of_nat (count_correct (network_of W) T) <= Z.of_nat (n W) ^ 2 - wrong.
Proof.
  unfold check; destruct (well_formed bits W) eqn:Hf; cbv zeta; intros H; injection H; intros <- <-.
  - rewrite (count_right_correct bits W T Hf); lia.
  - split; [lia|]; rewrite Z.sub_0_r; change 2 with (Z.of_nat 2); rewrite <- Nat2Z.inj_pow.
    change (n W) with (tokens (network_of W)); rewrite <- inputs_length, <- count_true; now apply count_le.
Qed.
