(** Powers of a number just below 1, rounded up and rounded down, to look up. *)

Require Import ZArith Reals Lra Lia.
Require Import Num.
Open Scope Z_scope.

Definition beta : R := (255 / 256)%R.

Lemma beta_pos j : (0 < beta ^ j)%R.
Proof. apply pow_lt; unfold beta; lra. Qed.

Lemma beta_le i j : (i <= j)%nat -> (beta ^ j <= beta ^ i)%R.
Proof.
  intros H; replace j with (i + (j - i))%nat by lia; rewrite pow_add, <- (Rmult_1_r (beta ^ i)) at 1.
  assert (H1 := beta_pos i).
  assert (H2 : (beta ^ (j - i) <= 1)%R).
  { rewrite <- (pow1 (j - i)); apply pow_incr; unfold beta; lra. }
  nra.
Qed.

(** [beta] to the power of an integer from 0 on. *)
Definition beta_to (i : Z) : R := (beta ^ Z.to_nat i)%R.

Lemma beta_to_le i j : i <= j -> (beta_to j <= beta_to i)%R.
Proof. intros H; apply beta_le; lia. Qed.

Lemma beta_to_succ i : 0 <= i -> beta_to (i + 1) = (beta * beta_to i)%R.
Proof. intros H; unfold beta_to; replace (Z.to_nat (i + 1)) with (S (Z.to_nat i)) by lia; reflexivity. Qed.

Section Powers.
  Context {O : ops}.
  Notation num := (num O).

  (** Powers by their exponents, which grow from left to right. *)
  Inductive tree := Leaf | Node (below : tree) (exponent power : num) (above : tree).

  (** So high a tree from the exponent [i] on, whose power is [x]; and the exponent and the power after its last. *)
  Fixpoint grow (next : Z -> Z) (height : nat) (i x : Z) : tree * (Z * Z) :=
    match height with
    | 0%nat => (Leaf, (i, x))
    | S height =>
      let (below, here) := grow next height i x in
      let (i, x) := here in
      let (above, rest) := grow next height (i + 1) (next x) in
      (Node below (ofZ i) (ofZ x) above, rest)
    end.

  (** The power of the largest exponent up to [x], else [found]; and of the smallest from [x] on. *)
  Fixpoint at_most (x : num) (t : tree) (found : num) : num :=
    match t with
    | Leaf => found
    | Node below i power above => if leb i x then at_most x above power else at_most x below found
    end.
  Fixpoint at_least (x : num) (t : tree) (found : option num) : option num :=
    match t with
    | Leaf => found
    | Node below i power above => if leb x i then at_least x below (Some power) else at_least x above found
    end.

  Section Good.
    Variable good : Z -> Z -> Prop.

    Fixpoint all_good (t : tree) : Prop :=
      match t with
      | Leaf => True
      | Node below i power above => all_good below /\ (0 <= toZ i /\ good (toZ i) (toZ power)) /\ all_good above
      end.

    Lemma grow_good next height : (forall i x, 0 <= i -> good i x -> good (i + 1) (next x)) ->
      forall i x, 0 <= i -> good i x ->
      let (t, rest) := grow next height i x in all_good t /\ 0 <= fst rest /\ good (fst rest) (snd rest).
    Proof.
      intros Hnext; induction height as [|height IH]; intros i x Hi Hx; cbn [grow]; [now repeat split|].
      generalize (IH i x Hi Hx); destruct (grow next height i x) as [below [j y]]; cbn [fst snd]; intros (H1 & H2 & H3).
      generalize (IH (j + 1) (next y) ltac:(lia) (Hnext j y H2 H3)).
      destruct (grow next height (j + 1) (next y)) as [above rest]; intros (H4 & H5 & H6).
      cbn [all_good]; rewrite !ofZ_spec; now repeat split.
    Qed.

    Lemma at_most_good x t found : all_good t -> (exists i, 0 <= i <= toZ x /\ good i (toZ found)) ->
      exists i, 0 <= i <= toZ x /\ good i (toZ (at_most x t found)).
    Proof.
      revert found; induction t as [|below IH1 i power above IH2]; intros found Ht H; cbn [at_most]; [exact H|].
      destruct Ht as (H1 & [H2 H3] & H4); rewrite leb_spec; destruct (Z.leb_spec (toZ i) (toZ x)); [|now apply IH1].
      apply IH2; [assumption|]; exists (toZ i); auto.
    Qed.

    Lemma at_least_good x t found : all_good t ->
      (forall y, found = Some y -> exists i, toZ x <= i /\ good i (toZ y)) ->
      forall y, at_least x t found = Some y -> exists i, toZ x <= i /\ good i (toZ y).
    Proof.
      revert found; induction t as [|below IH1 i power above IH2]; intros found Ht H; cbn [at_least]; [exact H|].
      destruct Ht as (H1 & [H2 H3] & H4); rewrite leb_spec; destruct (Z.leb_spec (toZ x) (toZ i)); [|now apply IH2].
      apply IH1; [assumption|]; intros y E; injection E; intros <-; eauto.
    Qed.
  End Good.

  (** Bits of upper bounds, and of lower bounds; how high the trees are: up to the exponent 8190. *)
  Definition upper_bits : Z := 50.
  Definition lower_bits : Z := 100.
  Definition height : nat := 13.

  Record powers := Powers { uppers : tree; lowers : tree; whole : num (* 2^upper_bits *) }.
  Definition upper_tree : tree := fst (grow (fun x => x - Z.shiftr x 8) height 0 (2 ^ upper_bits)).
  Definition lower_tree : tree := fst (grow (fun x => x - Z.shiftr x 8 - 1) height 0 (2 ^ lower_bits)).
  Definition make_powers : powers := {|
    uppers := upper_tree;
    lowers := lower_tree;
    whole := ofZ (2 ^ upper_bits);
  |}.

  Lemma shiftr_8 x : Z.shiftr x 8 = x / 256.
  Proof. now rewrite Z.shiftr_div_pow2. Qed.

  Definition above_power (i x : Z) : Prop := (IZR (2 ^ upper_bits) * beta_to i <= IZR x)%R.
  Definition below_power (i x : Z) : Prop := (IZR x <= IZR (2 ^ lower_bits) * beta_to i)%R.

  Lemma uppers_good : all_good above_power upper_tree.
  Proof.
    unfold upper_tree; generalize height; intros high.
    assert (H := grow_good above_power (fun x => x - Z.shiftr x 8) high).
    match type of H with ?A -> _ => assert (Hn : A) end.
    { intros i x Hi Hx; unfold above_power in *; rewrite beta_to_succ, shiftr_8, minus_IZR by assumption.
      destruct (div_bounds x 256) as [H1 _]; [lia|]; unfold beta; lra. }
    specialize (H Hn 0 (2 ^ upper_bits) (Z.le_refl 0)).
    destruct (grow _ _ _ _); apply H; unfold above_power, beta_to; simpl pow; lra.
  Qed.

  Lemma lowers_good : all_good below_power lower_tree.
  Proof.
    unfold lower_tree; generalize height; intros high.
    assert (H := grow_good below_power (fun x => x - Z.shiftr x 8 - 1) high).
    match type of H with ?A -> _ => assert (Hn : A) end.
    { intros i x Hi Hx; unfold below_power in *; rewrite beta_to_succ, shiftr_8, !minus_IZR by assumption.
      destruct (div_bounds x 256) as [_ H1]; [lia|]; unfold beta; lra. }
    specialize (H Hn 0 (2 ^ lower_bits) (Z.le_refl 0)).
    destruct (grow _ _ _ _); apply H; unfold below_power, beta_to; simpl pow; lra.
  Qed.

  (* Nothing need be computed to check the proofs. *)
  Local Opaque upper_tree lower_tree.

  (** At least [2^upper_bits beta^x], for [x >= 0]. *)
  Definition upper (T : powers) (x : num) : num := at_most x (uppers T) (whole T).

  Theorem upper_correct x : 0 <= toZ x -> (IZR (2 ^ upper_bits) * beta_to (toZ x) <= IZR (toZ (upper make_powers x)))%R.
  Proof.
    intros Hx; destruct (at_most_good above_power x _ (whole make_powers) uppers_good) as (i & Hi & H).
    { exists 0; split; [lia|]; unfold above_power, beta_to; cbn [whole make_powers]; rewrite ofZ_spec; simpl pow; lra. }
    change (upper make_powers x) with (at_most x upper_tree (whole make_powers)).
    apply Rle_trans with (2 := H), Rmult_le_compat_l; [apply IZR_le; now apply Z.pow_nonneg|].
    apply beta_to_le; lia.
  Qed.

  (** At most [2^lower_bits beta^x], for [x >= 0], if it is found. *)
  Definition lower (T : powers) (x : num) : option num := at_least x (lowers T) None.

  Theorem lower_correct x y : lower make_powers x = Some y ->
    (IZR (toZ y) <= IZR (2 ^ lower_bits) * beta_to (toZ x))%R.
  Proof.
    intros H; destruct (at_least_good below_power x _ None lowers_good ltac:(discriminate) y H) as (i & Hi & Hy).
    apply Rle_trans with (1 := Hy); apply Rmult_le_compat_l; [apply IZR_le; discriminate|].
    apply beta_to_le; lia.
  Qed.
End Powers.
