(** How many sequences of a cell a rival may win at most, counted on a grid by dynamic programming over positions: the
    strategy [convolution].

    A sequence's deficit at a position is what it stays below the best token there. A rival that wins has deficits
    that add up to its [room] at most. In units of [w], every deficit is rounded down to whole steps, so that sums of
    steps are small numbers, and how many sequences have each sum is found position by position. The grid may start
    anywhere at each position, and rounding loses nothing where many deficits lie on it: so it starts at the
    [background], the least deficit of the lower half of the tokens, whose deficits are nearly equal. *)

Require Import ZArith Lia List Bool Arith.
Require Import Model Count Num Matrix Rivals.
Import ListNotations.
Open Scope Z_scope.

(** * Sums over lists *)

Definition list_sum {A} (f : A -> Z) (l : list A) : Z := fold_right (fun x sum => f x + sum) 0 l.

Lemma zsum_first k f : zsum (S k) f = f 0%nat + zsum k (fun i => f (S i)).
Proof.
  induction k as [|k IH]; [simpl; lia|].
  change (zsum (S (S k)) f) with (zsum (S k) f + f (S k)); rewrite IH; simpl; lia.
Qed.

Lemma zsum_list {A} (f : A -> Z) z l : zsum (length l) (fun t => f (nth t l z)) = list_sum f l.
Proof. induction l as [|x l IH]; [reflexivity|]; simpl length; rewrite zsum_first; simpl; now rewrite IH. Qed.

Section Grid.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).
  Notation one := (ofZ 1 : num).
  Notation rival := (rival (O := O)).

  Variable m : nat.
  Variable margin : num.

  (** * Sequences by the sum of their steps

      Rows have the steps of each token up to [m]. *)

  Fixpoint steps (rows : list (list Z)) (x : list nat) : Z :=
    match rows, x with row :: rows, t :: x => nth t row 0 + steps rows x | _, _ => 0 end.

  (** Distinct steps, and how many tokens have each. *)
  Fixpoint insert (j : Z) (groups : list (Z * Z)) : list (Z * Z) :=
    match groups with
    | [] => [(j, 1)]
    | (i, tokens) :: groups => if i =? j then (i, tokens + 1) :: groups else (i, tokens) :: insert j groups
    end.
  Definition group (row : list Z) : list (Z * Z) := fold_right insert [] row.

  (** [acc + factor * l], where [l] may be shorter. *)
  Fixpoint add_scaled (factor : num) (l acc : list num) : list num :=
    match acc, l with a :: acc, x :: l => add a (mul factor x) :: add_scaled factor l acc | _, _ => acc end.

  Definition shift (j : Z) (state : list num) : list num := skipn (Z.to_nat j) state.
  Definition shift_and_add (groups : list (Z * Z)) (state : list num) : list num :=
    fold_right (fun g acc => add_scaled (ofZ (snd g)) (shift (fst g) state) acc) (map (fun _ => zero) state) groups.

  (** For each [j] up to [R], how many sequences have [R - j] steps in all; and how many of them have [m] among their
      tokens. *)
  Fixpoint ways (R : nat) (rows : list (list Z)) : list num * list num :=
    match rows with
    | [] => (repeat zero R ++ [one], repeat zero (S R))
    | row :: rows =>
      let (free, forced) := ways R rows in
      let below := group (firstn m row) in
      let of_m := shift (nth m row 0) free in
      (add_scaled one of_m (shift_and_add below free), add_scaled one of_m (shift_and_add below forced))
    end.

  Definition total_of (state : list num) : num := fold_right add zero state.

  Lemma toZ_zero : toZ zero = 0.
  Proof. apply ofZ_spec. Qed.

  Lemma add_scaled_length factor l acc : length (add_scaled factor l acc) = length acc.
  Proof. revert l; induction acc as [|a acc IH]; intros [|x l]; simpl; trivial; now rewrite IH. Qed.

  Lemma add_scaled_nth factor l acc k : (length l <= length acc)%nat ->
    toZ (nth k (add_scaled factor l acc) zero) = toZ (nth k acc zero) + toZ factor * toZ (nth k l zero).
  Proof.
    revert l k; induction acc as [|a acc IH]; intros [|x l] k H; cbn [add_scaled].
    - destruct k; simpl; rewrite toZ_zero; ring.
    - simpl in H; lia.
    - assert (E : nth k ([] : list num) zero = zero) by now destruct k.
      rewrite E, toZ_zero; ring.
    - destruct k; cbn [nth]; [now rewrite add_spec, mul_spec|apply IH; simpl in H; lia].
  Qed.

  Lemma shift_length j (state : list num) : (length (shift j state) <= length state)%nat.
  Proof. unfold shift; rewrite skipn_length; apply Nat.le_sub_l. Qed.

  Lemma nth_skipn {A} (l : list A) j k z : nth k (skipn j l) z = nth (j + k) l z.
  Proof. revert l; induction j as [|j IH]; intros [|x l]; simpl; trivial; now destruct k. Qed.

  Lemma shift_nth j (state : list num) k : nth k (shift j state) zero = nth (Z.to_nat j + k) state zero.
  Proof. apply nth_skipn. Qed.

  Lemma insert_sum f j l : list_sum (fun g => snd g * f (fst g)) (insert j l)
    = f j + list_sum (fun g => snd g * f (fst g)) l.
  Proof.
    unfold list_sum; induction l as [|[i c] l IH]; cbn [insert fold_right fst snd]; [ring|].
    destruct (Z.eqb_spec i j) as [->|_]; cbn [fold_right fst snd]; [|rewrite IH]; ring.
  Qed.

  Lemma group_sum f row : list_sum (fun g => snd g * f (fst g)) (group row) = list_sum f row.
  Proof. induction row as [|j row IH]; [reflexivity|]; simpl; now rewrite insert_sum, IH. Qed.

  Lemma shift_and_add_correct groups state : length (shift_and_add groups state) = length state /\
    forall k, toZ (nth k (shift_and_add groups state) zero)
      = list_sum (fun g => snd g * toZ (nth (Z.to_nat (fst g) + k) state zero)) groups.
  Proof.
    induction groups as [|g groups [Hl IH]]; simpl.
    - split; [apply map_length|]; intros k; transitivity (toZ zero); [|apply toZ_zero].
      f_equal; exact (map_nth (fun _ => zero) state zero k).
    - split; [now rewrite add_scaled_length|]; intros k; fold (shift_and_add groups state).
      rewrite add_scaled_nth, IH, shift_nth, ofZ_spec by (rewrite Hl; apply shift_length); lia.
  Qed.

  Definition fit (k : nat) (rows : list (list Z)) : Prop :=
    length rows = k /\ Forall (fun row => length row = S m /\ Forall (fun j => 0 <= j) row) rows.

  Lemma fit_nth row t : Forall (fun j => 0 <= j) row -> 0 <= nth t row 0.
  Proof.
    intros H; rewrite Forall_forall in H; destruct (nth_in_or_default t row 0) as [Hin|E]; [now apply H|].
    rewrite E; lia.
  Qed.

  Lemma steps_nonneg rows : forall k x, fit k rows -> 0 <= steps rows x.
  Proof.
    induction rows as [|row rows IH]; intros k x [Hk Hf]; [reflexivity|]; inversion_clear Hf as [|? ? [_ Hr] Hf'].
    destruct x as [|t x]; [reflexivity|]; simpl; assert (H := fit_nth row t Hr).
    assert (0 <= steps rows x) by (apply (IH (length rows)); split; trivial); lia.
  Qed.

  Section Ways.
    Variable R : nat.

    Definition number (P : list nat -> bool) (rows : list (list Z)) (k : nat) (j : nat) : Z :=
      count (fun x => P x && (steps rows x =? Z.of_nat R - Z.of_nat j))%bool (sequences (S m) k).

    Definition counts (P : list nat -> bool) (rows : list (list Z)) (k : nat) (state : list num) : Prop :=
      length state = S R /\ forall j, number P rows k j <= toZ (nth j state zero).

    Lemma number_step P Q row rows k t j : 0 <= nth t row 0 -> (forall x, P (t :: x) = Q x) ->
      count (fun x => P (t :: x) && (steps (row :: rows) (t :: x) =? Z.of_nat R - Z.of_nat j))%bool (sequences (S m) k)
      = number Q rows k (Z.to_nat (nth t row 0) + j).
    Proof.
      intros Ht H; apply count_ext; intros x _; rewrite H; f_equal; simpl.
      rewrite Nat2Z.inj_add, Z2Nat.id by assumption; apply eq_true_iff_eq; rewrite !Z.eqb_eq; lia.
    Qed.

    Lemma ways_step P Q row rows k free state : length row = S m -> Forall (fun j => 0 <= j) row ->
      (forall t x, (t < m)%nat -> P (t :: x) = Q x) -> (forall x, P (m :: x) = true) ->
      counts (fun _ => true) rows k free -> counts Q rows k state ->
      counts P (row :: rows) (S k)
        (add_scaled one (shift (nth m row 0) free) (shift_and_add (group (firstn m row)) state)).
    Proof.
      intros Hl Hr HP Hm [Lf Hf] [Ls Hs].
      destruct (shift_and_add_correct (group (firstn m row)) state) as [La Ha].
      split; [now rewrite add_scaled_length, La|]; intros j.
      rewrite add_scaled_nth, ofZ_spec, Ha, shift_nth by (rewrite La, Ls, <- Lf; apply shift_length).
      rewrite (group_sum (fun i => toZ (nth (Z.to_nat i + j) state zero))).
      unfold number; rewrite count_first; cbn [zsum]; apply Z.add_le_mono.
      - rewrite <- (zsum_list _ 0); rewrite firstn_length, Hl, Nat.min_l by lia.
        apply zsum_le; intros t Ht; rewrite nth_firstn by assumption.
        rewrite (number_step P Q) by (try apply fit_nth; auto); apply Hs.
      - rewrite (number_step P (fun _ => true)) by (try apply fit_nth; auto).
        specialize (Hf (Z.to_nat (nth m row 0%Z) + j)%nat).
        lia.
    Qed.

    Lemma ways_correct rows : forall k, fit k rows ->
      counts (fun _ => true) rows k (fst (ways R rows)) /\ counts (has m) rows k (snd (ways R rows)).
    Proof.
      induction rows as [|row rows IH]; intros k [Hk Hf]; simpl in Hk; subst k.
      - cbn [ways fst snd]; split; split; [rewrite app_length, repeat_length; simpl; lia| |apply repeat_length|];
          intros j; unfold number; cbn [sequences length]; rewrite count_cons, count_nil; cbn [andb steps has existsb].
        + destruct (Z.eqb_spec 0 (Z.of_nat R - Z.of_nat j)) as [E|E].
          * assert (j = R) by lia; subst j; rewrite app_nth2 by (rewrite repeat_length; lia).
            rewrite repeat_length, Nat.sub_diag; cbn [nth]; rewrite ofZ_spec; reflexivity.
          * destruct (nth_in_or_default j (repeat zero R ++ [one]) zero) as [H|H]; [|rewrite H, toZ_zero; lia].
            apply in_app_or in H; destruct H as [H|[H|[]]]; [apply repeat_spec in H; rewrite H|rewrite <- H];
              rewrite ofZ_spec; lia.
        + rewrite nth_repeat, toZ_zero; lia.
      - inversion_clear Hf as [|? ? [Hl Hr] Hf']; destruct (IH (length rows)) as [H1 H2]; [split; trivial|].
        cbn [ways length]; destruct (ways R rows) as [free forced]; cbn [fst snd] in *; split.
        + apply (ways_step (fun _ => true) (fun _ => true)); trivial.
        + apply (ways_step (has m) (has m)); trivial; intros; unfold has; simpl.
          * destruct (Nat.eqb_spec m t); [lia|reflexivity].
          * now rewrite Nat.eqb_refl.
    Qed.

    Lemma total_correct P rows k state : fit k rows -> counts P rows k state ->
      count (fun x => P x && (steps rows x <=? Z.of_nat R))%bool (sequences (S m) k) <= toZ (total_of state).
    Proof.
      intros Hf [Hl H].
      rewrite (count_by (fun x => Z.to_nat (Z.of_nat R - steps rows x)) (S R)).
      2: { intros x _; assert (H0 := steps_nonneg rows k x Hf); lia. }
      assert (E : toZ (total_of state) = zsum (length state) (fun j => toZ (nth j state zero))).
      { rewrite (zsum_list toZ zero); clear; induction state as [|a state IH]; simpl; [apply toZ_zero|].
        now rewrite add_spec, IH. }
      rewrite E, Hl; apply zsum_le; intros j Hj; apply Z.le_trans with (2 := H j).
      apply count_le; intros x _ Hx; rewrite !andb_true_iff in *; destruct Hx as (Hj' & HP & HR).
      split; [assumption|]; apply Nat.eqb_eq in Hj'; apply Z.leb_le in HR; apply Z.eqb_eq; lia.
    Qed.
  End Ways.

  (** * One rival *)

  (** Deficits without their last [bits]. *)
  Definition cut (bits : num) (D : list (list num)) : list (list num) :=
    map (fun Dp => let most := maxl Dp in map (fun x => shr (sub most x) bits) Dp) D.

  Definition min (a b : num) : num := if leb a b then a else b.
  Definition least (l : list num) : num := fold_right min (hd zero l) l.
  Definition background (row : list num) : num := least (firstn (S (Nat.div2 m)) row).

  (** Where a grid of width [w] that starts at [b] has 0: a whole number of steps, rounded up. *)
  Definition offset (w b : num) : num := div (sub (add b w) one) w.
  Definition row_steps (w : num) (top : Z) (row : list num) : list Z :=
    let b := background row in
    let o := offset w b in
    map (fun x => Z.min top (toZ (add (div (sub x b) w) o))) row.

  (** How many steps a rival that wins has at most. *)
  Definition most_steps (w room : num) (D : list (list num)) : Z :=
    toZ (fold_right (fun row sum => add (offset w (background row)) sum)
      (div (sub room (fold_right (fun row sum => add (background row) sum) zero D)) w) D).

  Variable bins : Z.

  (** A sequence with [m] has a deficit of [m] somewhere: the [bins] are for what is left of the room. *)
  Definition on_grid (k : nat) (seen : bool) (r : rival) : Z :=
    let room := add (add (fst r) (fst (worst m (snd r)))) margin in
    let bits := ofZ (Z.max 0 (Z.log2 (toZ room) - 24)) in
    let D := cut bits (snd r) in
    let room := shr room bits in
    let spare := if seen then room else sub room (least (map (fun row => nth m row zero) D)) in
    let w := add (div spare (ofZ bins)) one in
    let R := most_steps w room D in
    if ltb zero w && (0 <=? R) && (R <=? 8 * bins) then
      let (free, forced) := ways (Z.to_nat R) (map (row_steps w (R + 1)) D) in
      toZ (total_of (if seen then free else forced))
    else cell_size seen m k.

  (** What the steps of a sequence add up to. *)
  Lemma steps_le w top room D x : 0 < toZ w -> length D = length x -> Forall (fun row => length row = S m) D ->
    Forall (fun t => (t < S m)%nat) x ->
    gain D x <= toZ room -> steps (map (row_steps w top) D) x <= most_steps w room D.
  Proof.
    intros Hw Hl HD Hx Hg.
    set (B := fold_right (fun row sum => toZ (background row) + sum) 0 D).
    set (F := fold_right (fun row sum => toZ (offset w (background row)) + sum) 0 D).
    assert (E : most_steps w room D = (toZ room - B) / toZ w + F).
    { unfold most_steps.
      set (z := div (sub room _) w).
      assert (Ez : toZ z = (toZ room - B) / toZ w).
      { unfold z; rewrite div_spec, sub_spec; do 2 f_equal; unfold B; clear; induction D as [|row D IH]; simpl.
        - apply toZ_zero.
        - now rewrite add_spec, IH. }
      rewrite <- Ez; unfold F; clearbody z; clear; induction D as [|row D IH]; simpl; [lia|].
      rewrite add_spec, IH; lia. }
    assert (Hs : toZ w * (steps (map (row_steps w top) D) x - F) <= gain D x - B).
    { unfold B, F; clear E Hg B F; revert D Hl HD; induction x as [|t x IH]; intros D Hl HD.
      - destruct D; [simpl; lia|discriminate].
      - destruct D as [|row D]; [discriminate|]; inversion_clear HD as [|? ? Hrow HD'].
        inversion_clear Hx as [|? ? Ht Hx']; specialize (IH Hx' D ltac:(simpl in Hl; lia) HD'); simpl.
        set (g := fun x => Z.min top (toZ (add (div (sub x (background row)) w) (offset w (background row))))).
        assert (Eg : nth t (row_steps w top row) 0 = g (nth t row zero)).
        { unfold row_steps; fold g; rewrite (nth_indep _ 0 (g zero)) by (rewrite map_length; lia); apply map_nth. }
        rewrite Eg; unfold g; rewrite add_spec, div_spec, sub_spec.
        set (y := toZ (nth t row zero)); set (b := toZ (background row)); set (o := toZ (offset w (background row))).
        assert (Hy := Z.mul_div_le (y - b) (toZ w) Hw).
        set (quotient := (y - b) / toZ w) in *.
        assert (Hmin : toZ w * (Z.min top (quotient + o) - o) <= toZ w * quotient).
        { apply Z.mul_le_mono_nonneg_l; lia. }
        rewrite !Z.mul_sub_distr_l, !Z.mul_add_distr_l in *; lia. }
    rewrite E; assert ((steps (map (row_steps w top) D) x - F) <= (toZ room - B) / toZ w); [|lia].
    apply Z.div_le_lower_bound; [assumption|lia].
  Qed.

  Lemma cut_wf bits k D : wf m k D -> wf m k (cut bits D).
  Proof.
    intros [Hl HD]; split; [unfold cut; now rewrite map_length|]; unfold cut; apply Forall_map.
    apply Forall_impl with (2 := HD); intros row H; now rewrite map_length.
  Qed.

  Lemma cut_nonneg bits D : 0 <= toZ bits -> Forall (Forall (fun x => 0 <= toZ x)) (cut bits D).
  Proof.
    intros Hb; unfold cut; apply Forall_map, Forall_forall; intros Dp _; apply Forall_map, Forall_forall; intros x Hx.
    rewrite shr_spec, sub_spec by assumption; apply Z.div_pos; [|apply Z.pow_pos_nonneg; lia].
    destruct (In_nth _ _ zero Hx) as (t & Ht & E); assert (H := maxl_le Dp t Ht); rewrite E in H; lia.
  Qed.

  Lemma row_steps_fit w top k D : 0 < toZ w -> 0 <= top -> wf m k D -> Forall (Forall (fun x => 0 <= toZ x)) D ->
    fit k (map (row_steps w top) D).
  Proof.
    intros Hw Ht [Hl HD] H0; split; [now rewrite map_length|]; apply Forall_map.
    rewrite Forall_forall in *; intros row Hrow; split; [unfold row_steps; rewrite map_length; now apply HD|].
    unfold row_steps; apply Forall_map; apply Forall_impl with (2 := H0 row Hrow); intros x Hx.
    apply Z.min_glb; [assumption|]; unfold offset; rewrite add_spec, !div_spec, !sub_spec, add_spec, ofZ_spec.
    set (b := toZ (background row)); set (c := toZ w) in *.
    assert (H1 : (- b) / c <= (toZ x - b) / c) by (apply Z.div_le_mono; lia).
    assert (H2 : 0 < c * ((- b) / c + (b + c - 1) / c + 1)).
    { assert (Hd1 := Z.mod_pos_bound (- b) c Hw); assert (Hd2 := Z.mod_pos_bound (b + c - 1) c Hw).
      assert (E1 := Z.div_mod (- b) c ltac:(lia)); assert (E2 := Z.div_mod (b + c - 1) c ltac:(lia)).
      assert (c * ((- b) / c + (b + c - 1) / c + 1) = (c * ((- b) / c)) + (c * ((b + c - 1) / c)) + c) by ring; lia. }
    apply Z.mul_pos_cancel_l in H2; lia.
  Qed.

  Lemma cut_gain bits D : 0 <= toZ bits -> forall k x, wf m k D -> length x = k -> Forall (fun t => (t < S m)%nat) x ->
    2 ^ toZ bits * gain (cut bits D) x <= toZ (fst (worst m D)) - gain D x.
  Proof.
    intros Hb; assert (H2b : 0 < 2 ^ toZ bits) by (apply Z.pow_pos_nonneg; lia).
    induction D as [|Dp D IH]; intros k x [Hk HD] Hx Hf.
    - destruct x; [|simpl in Hk, Hx; congruence]; cbn [cut map gain worst fst]; rewrite ofZ_spec; lia.
    - destruct x as [|t x]; [simpl in Hk, Hx; congruence|]; simpl in Hk, Hx.
      inversion_clear HD as [|? ? HDl HD']; inversion_clear Hf as [|? ? Hft Hf'].
      specialize (IH (length D) x); cbn [cut map gain worst]; fold (cut bits D).
      destruct (worst m D) as [free forced]; cbn [fst snd] in *; rewrite add_spec.
      assert (Hm := maxl_le Dp t ltac:(lia)).
      set (g := fun y => shr (sub (maxl Dp) y) bits).
      assert (E : nth t (map g Dp) zero = g (nth t Dp zero)).
      { rewrite (nth_indep _ zero (g zero)) by (rewrite map_length; lia); apply map_nth. }
      rewrite E; unfold g; rewrite shr_spec, sub_spec by assumption.
      assert (Hd := Z.mul_div_le (toZ (maxl Dp) - toZ (nth t Dp zero)) (2 ^ toZ bits) H2b).
      rewrite Z.mul_add_distr_l.
      specialize (IH ltac:(split; trivial) ltac:(congruence) Hf'); lia.
  Qed.

  Theorem on_grid_correct k seen r : wf m k (snd r) -> not_lost m margin k seen r <= on_grid k seen r.
  Proof.
    intros Hr; unfold on_grid; set (room := add (add _ _) margin); set (bits := ofZ (Z.max 0 _)).
    set (D := cut bits (snd r)); set (w := add (div _ _) one); set (R := most_steps w _ D).
    destruct (_ && _)%bool eqn:E; [|apply not_lost_size].
    rewrite !andb_true_iff in E; destruct E as [[Hw HR] _].
    rewrite ltb_spec, ofZ_spec in Hw; apply Z.ltb_lt in Hw; apply Z.leb_le in HR.
    assert (Hb : 0 <= toZ bits) by (unfold bits; rewrite ofZ_spec; apply Z.le_max_l).
    assert (H2b : 0 < 2 ^ toZ bits) by (apply Z.pow_pos_nonneg; lia).
    assert (HD : wf m k D) by now apply cut_wf.
    assert (Hfit : fit k (map (row_steps w (R + 1)) D)) by (apply row_steps_fit; trivial; [lia|now apply cut_nonneg]).
    destruct (ways_correct (Z.to_nat R) _ k Hfit) as [Hfree Hforced].
    destruct (ways (Z.to_nat R) (map (row_steps w (R + 1)) D)) as [free forced]; cbn [fst snd] in *.
    assert (Hsteps : forall x, In x (sequences (S m) k) -> negb (loses margin x r) = true ->
      (steps (map (row_steps w (R + 1)) D) x <=? Z.of_nat (Z.to_nat R)) = true).
    { intros x Hx Hl; apply sequences_iff in Hx; destruct Hx as [Hx Hf].
      apply Z.leb_le; rewrite Z2Nat.id by assumption; unfold R.
      destruct HD as [Hlen HD]; apply steps_le; trivial; [congruence|].
      apply negb_true_iff, Z.ltb_ge in Hl; unfold total in Hl.
      assert (Hg := cut_gain bits (snd r) Hb k x Hr Hx Hf); fold D in Hg.
      rewrite shr_spec by assumption; apply Z.div_le_lower_bound; [assumption|].
      assert (Eroom : toZ room = toZ (fst r) + toZ (fst (worst m (snd r))) + toZ margin)
        by (unfold room; now rewrite !add_spec).
      lia. }
    unfold not_lost, in_cell; destruct seen; cbn [orb].
    - apply Z.le_trans with (2 := total_correct (Z.to_nat R) _ _ k free Hfit Hfree).
      apply count_le; intros x Hx Hn; rewrite !andb_true_iff in *; split; [reflexivity|now apply Hsteps].
    - apply Z.le_trans with (2 := total_correct (Z.to_nat R) _ _ k forced Hfit Hforced).
      apply count_le; intros x Hx Hn; rewrite !andb_true_iff in *; destruct Hn as [Hm Hn].
      split; [exact Hm|now apply Hsteps].
  Qed.
End Grid.
