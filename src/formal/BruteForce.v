(** Brute force for networks with two tokens: all logits of all inputs, as integers over a power of 2, which are exact.
    Each input is certainly right or certainly wrong, so that the count is the accuracy. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Sums TwoToken Num Matrix Count Words TwoTokenFile.
Import ListNotations.
Open Scope Z_scope.

(** * Rows of a list *)

Fixpoint rows {A} (r c : nat) (l : list A) : list (list A) :=
  match r with O => [] | S r => firstn c l :: rows r c (skipn c l) end.

Lemma rows_length {A} r c (l : list A) : length (rows r c l) = r.
Proof. revert l; induction r as [|r IH]; intros l; simpl; [reflexivity|]; now rewrite IH. Qed.

Lemma nth_skipn {A} (l : list A) k i z : nth i (skipn k l) z = nth (k + i) l z.
Proof.
  revert l; induction k as [|k IH]; intros l; [reflexivity|]; destruct l; simpl; [now destruct i|apply IH].
Qed.

Lemma nth_rows {A} r c (l : list A) i j z : length l = (r * c)%nat -> (i < r)%nat -> (j < c)%nat ->
  length (nth i (rows r c l) []) = c /\ nth j (nth i (rows r c l) []) z = nth (i * c + j) l z.
Proof.
  revert l i; induction r as [|r IH]; intros l i Hl Hi Hj; [lia|]; simpl in Hl; destruct i as [|i]; simpl.
  - rewrite firstn_length, nth_firstn by lia; split; [lia|reflexivity].
  - destruct (IH (skipn c l) i) as [E1 E2]; [rewrite skipn_length; lia|lia|lia|].
    rewrite E2, nth_skipn; split; [exact E1|]; f_equal; lia.
Qed.

(** * Integers for words *)

Section Integers.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).
  Variable bits : nat.

  Definition integers (words : list Z) : list num := map (integer bits) words.
  Definition matrix (r c : nat) (words : list Z) : list (list num) := rows r c (integers words).
  Definition bias (k : nat) (words : list Z) : list num :=
    match words with [] => repeat zero k | _ => integers words end.

  Hypothesis bits_fit : (bits <= 149)%nat.

  Lemma integers_repr words i : forallb (is_exact bits) words = true ->
    repr bits (vector words i) (nth i (integers words) zero).
  Proof.
    intros H; rewrite forallb_forall in H; unfold vector, at_, integers.
    destruct (Nat.lt_ge_cases i (length words)) as [Hi|Hi].
    - rewrite (nth_indep _ zero (integer bits 0)) by (now rewrite map_length); rewrite map_nth.
      apply exact_repr, H, nth_In, Hi; exact bits_fit.
    - rewrite !nth_overflow by (rewrite ?map_length; exact Hi); rewrite f32_zero; apply repr_zero.
  Qed.

  Lemma matrix_repr r c words : forallb (is_exact bits) words = true -> length words = (r * c)%nat ->
    mrepr bits r c (entry words c) (matrix r c words).
  Proof.
    intros He Hl; assert (Hl' : length (integers words) = (r * c)%nat) by (unfold integers; now rewrite map_length).
    split; [apply rows_length|]; intros i Hi; split.
    - destruct c as [|c].
      + unfold matrix; generalize (integers words); revert i Hi; clear; induction r as [|r IH]; intros i Hi l; [lia|].
        destruct i; [reflexivity|]; simpl; apply IH; lia.
      + apply (nth_rows r (S c) _ i 0 zero); trivial; lia.
    - intros j Hj; unfold matrix; destruct (nth_rows r c (integers words) i j zero) as [_ E]; trivial.
      rewrite E; now apply integers_repr.
  Qed.

  Lemma bias_repr k words : forallb (is_exact bits) words = true -> length words = 0%nat \/ length words = k ->
    vrepr bits k (vector words) (bias k words).
  Proof.
    intros He Hl; destruct words as [|w words].
    - split; [apply repeat_length|]; intros i Hi; simpl; unfold vector, at_.
      rewrite nth_repeat; destruct i; simpl; rewrite f32_zero; apply repr_zero.
    - destruct Hl as [Hl|Hl]; [discriminate|].
      split; [unfold bias, integers; now rewrite map_length|]; intros i _; now apply integers_repr.
  Qed.
End Integers.

(** * The network *)

Section Network.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).

  Lemma vrepr_add e k f g a b : vrepr (O := O) e k f a -> vrepr e k g b ->
    vrepr e k (fun i => (f i + g i)%R) (map2 add a b).
  Proof.
    intros [Ha Ha'] [Hb Hb']; split; [rewrite map2_length; lia|]; intros i Hi.
    rewrite (nth_map2 _ _ _ _ zero zero) by lia; apply repr_add; auto.
  Qed.

  (** More bits after the point. *)
  Definition raise (e : nat) (l : list num) : list num := let unit := ofZ (2 ^ Z.of_nat e) in map (mul unit) l.

  Lemma raise_repr e e' k f l : vrepr (O := O) e k f l -> vrepr (e' + e) k f (raise e' l).
  Proof.
    intros [Hl H]; split; [unfold raise; now rewrite map_length|]; intros i Hi; unfold raise.
    rewrite (nth_indep _ zero (mul (ofZ (2 ^ Z.of_nat e')) zero)) by (now rewrite map_length, Hl); rewrite map_nth.
    replace (f i) with (1 * f i)%R by ring; apply repr_mul; [|now apply H].
    unfold repr; now rewrite ofZ_spec, <- pow_IZR, Rmult_1_l.
  Qed.

  (** What active neurons add to sums. *)
  Fixpoint add_active (inputs : list num) (U : list (list num)) (sums : list num) : list num :=
    match inputs, U with
    | a :: inputs, row :: U =>
      add_active inputs U (if leb a zero then sums else map2 (fun s u => add s (mul a u)) sums row)
    | _, _ => sums
    end.

  Lemma relu_repr e r t : repr (O := O) e r t ->
    if leb t zero then relu r = 0%R else repr e (relu r) t.
  Proof.
    intros H; rewrite leb_spec, ofZ_spec; unfold relu; assert (0 < 2 ^ e)%R by (apply pow_lt; lra).
    unfold repr in *; destruct (Z.leb_spec (toZ t) 0) as [Ht|Ht]; [apply IZR_le in Ht|apply IZR_lt in Ht].
    - apply Rmax_left; rewrite <- H in Ht; apply Rmult_le_reg_r with (2 ^ e)%R; lra.
    - rewrite Rmax_right; [assumption|]; rewrite <- H in Ht; apply Rmult_le_reg_r with (2 ^ e)%R; lra.
  Qed.

  Lemma add_active_repr e e' k c f g h inputs U sums : vrepr (O := O) e k f inputs -> mrepr e' k c g U ->
    vrepr (e + e') c h sums ->
    vrepr (e + e') c (fun z => sum k (fun i => relu (f i) * g i z) + h z)%R (add_active inputs U sums).
  Proof.
    revert f g h inputs U sums; induction k as [|k IH]; intros f g h inputs U sums [Hi Hi'] [Hu Hu'] Hs.
    - destruct inputs; [|discriminate]; destruct Hs as [Hl Hs]; split; [exact Hl|]; intros z Hz; simpl.
      rewrite Rplus_0_l; now apply Hs.
    - destruct inputs as [|a inputs]; [discriminate|]; destruct U as [|row U]; [discriminate|]; cbn [add_active].
      assert (Ha := relu_repr e _ _ (Hi' 0%nat ltac:(lia))); assert (Hr := Hu' 0%nat ltac:(lia)); cbn [nth] in Ha, Hr.
      set (next := if leb a zero then _ else _).
      assert (Hn : vrepr (e + e') c (fun z => relu (f 0%nat) * g 0%nat z + h z)%R next).
      { unfold next; destruct (leb a zero); destruct Hs as [Hl Hs], Hr as [Hr Hr'].
        - split; [exact Hl|]; intros z Hz; rewrite Ha, Rmult_0_l, Rplus_0_l; now apply Hs.
        - split; [rewrite map2_length; lia|]; intros z Hz.
          rewrite (nth_map2 _ _ _ _ zero zero), Rplus_comm by lia.
          apply repr_add; [now apply Hs|apply repr_mul; [exact Ha|now apply Hr']]. }
      destruct (fun Hi Hu => IH (fun i => f (S i)) (fun i => g (S i)) _ inputs U next Hi Hu Hn) as [Hl H].
      + split; [simpl in *; lia|]; intros i Hi0; apply (Hi' (S i)); lia.
      + split; [simpl in *; lia|]; intros i Hi0; apply (Hu' (S i)); lia.
      + split; [exact Hl|]; intros z Hz; rewrite sum_first, (Rplus_comm (_ * _)), Rplus_assoc; now apply H.
  Qed.

  (** Whether the number at a place exceeds all others. *)
  Definition exceeds (p : nat) (l : list num) : bool :=
    let best := nth p l zero in
    forallb (fun a => ltb a best) (firstn p l) && forallb (fun a => ltb a best) (skipn (S p) l).

  Lemma exceeds_spec p l : (p < length l)%nat -> exceeds p l = true <->
    forall z, (z < length l)%nat -> z <> p -> toZ (nth z l zero) < toZ (nth p l zero).
  Proof.
    intros Hp; unfold exceeds; rewrite andb_true_iff, !forallb_forall; split.
    - intros [H1 H2] z Hz Hne; apply Z.ltb_lt; rewrite <- ltb_spec; destruct (Nat.lt_ge_cases z p) as [H|H].
      + apply H1; rewrite <- (nth_firstn l p) by exact H; apply nth_In; rewrite firstn_length; lia.
      + apply H2; replace z with (S p + (z - S p))%nat by lia; rewrite <- nth_skipn; apply nth_In.
        rewrite skipn_length; lia.
    - intros H; split; intros a Ha; destruct (In_nth _ _ zero Ha) as (z & Hz & <-);
        rewrite ltb_spec; apply Z.ltb_lt.
      + rewrite firstn_length in Hz; rewrite nth_firstn by lia; apply H; lia.
      + rewrite skipn_length in Hz; rewrite nth_skipn; apply H; lia.
  Qed.
End Network.

(** * Counting *)

(** As many words as the shapes say (biases may have none), all of them finite numbers that [bits] hold. *)
Definition well_formed (bits : nat) (W : weights) : bool :=
  let fits tensor := finite tensor && exact bits tensor in
  let shape r c tensor := (length tensor =? r * c)%nat && fits tensor in
  let bias k tensor := existsb (Nat.eqb (length tensor)) [0%nat; k] && fits tensor in
  shape (n W) (m W) (wL W) && shape (n W) (m W) (wR W) && shape (m W) (o W) (wU W)
  && bias (m W) (bH W) && bias (o W) (bU W).

Section Check.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).
  Variable bits : nat.
  Variable W : weights.
  Variable T : table.

  Definition left_rows : list (list num) := matrix bits (n W) (m W) (wL W).
  (** With the hidden bias. *)
  Definition right_rows : list (list num) :=
    let b := bias bits (m W) (bH W) in map (fun row => map2 add row b) (matrix bits (n W) (m W) (wR W)).
  Definition U_rows : list (list num) := matrix bits (m W) (o W) (wU W).
  Definition biases : list num := raise bits (bias bits (o W) (bU W)).

  Definition count_right : Z :=
    let (lefts, rights) := (left_rows, right_rows) in
    let (U, sums) := (U_rows, biases) in
    zsum (n W) (fun x =>
      let left := nth x lefts [] in
      let products := nth x T [] in
      zsum (n W) (fun y =>
        let p := nth y products 0%nat in
        if (p <? o W)%nat && exceeds p (add_active (map2 add left (nth y rights [])) U sums) then 1 else 0)).

  Hypothesis fits : well_formed bits W = true.

  Lemma fits_parts : (bits <= 149)%nat /\
    (forall l, In l [wL W; wR W; wU W; bH W; bU W] -> forallb (is_exact bits) l = true) /\
    length (wL W) = (n W * m W)%nat /\ length (wR W) = (n W * m W)%nat /\ length (wU W) = (m W * o W)%nat /\
    (length (bH W) = 0 \/ length (bH W) = m W)%nat /\ (length (bU W) = 0 \/ length (bU W) = o W)%nat.
  Proof.
    revert fits; unfold well_formed, exact; simpl existsb; rewrite !andb_true_iff, !orb_true_iff, !Nat.eqb_eq.
    rewrite Nat.leb_le; intros H; repeat split; try tauto; [|intuition congruence..].
    intros l [<-|[<-|[<-|[<-|[<-|[]]]]]]; tauto.
  Qed.

  Let N := network_of W.

  Lemma logits_repr x y : (x < n W)%nat -> (y < n W)%nat ->
    vrepr (bits + bits) (o W) (logit N x y)
      (add_active (map2 add (nth x left_rows []) (nth y right_rows [])) U_rows biases).
  Proof.
    intros Hx Hy; destruct fits_parts as (Hb & He & HL & HR & HU & Hh & Ho).
    apply add_active_repr; [|apply (matrix_repr bits Hb); auto; apply He; simpl; tauto|].
    - assert (E : vrepr bits (m W) (fun i => left N x i + (right N y i + hidden_bias N i))%R
        (map2 add (nth x left_rows []) (nth y right_rows []))).
      { apply vrepr_add; [apply (matrix_repr bits Hb); simpl in *; auto|]; unfold right_rows; cbv zeta.
        rewrite (nth_indep _ [] (map2 add [] (bias bits (m W) (bH W)))).
        2: { unfold matrix; now rewrite map_length, rows_length. }
        rewrite (map_nth (fun row => map2 add row _)); apply vrepr_add.
        - apply (matrix_repr bits Hb); auto; apply He; simpl; tauto.
        - apply (bias_repr bits Hb); auto; apply He; simpl; tauto. }
      destruct E as [El E]; split; [exact El|]; intros i Hi; rewrite Rplus_assoc; now apply E.
    - unfold biases; apply raise_repr, (bias_repr bits Hb); auto; apply He; simpl; tauto.
  Qed.

  Lemma count_right_correct : count_right = Z.of_nat (count_correct N T).
  Proof.
    assert (Hc : forall (P : nat * nat -> bool) k (l : list nat), count P (list_prod (seq 0 k) l) = zsum k (fun x => count (fun y => P (x, y)) l)).
    { intros P k l; revert P; induction k as [|k IH]; intros P; [reflexivity|].
      rewrite seq_S; change (0 + k)%nat with k; cbn [zsum]; rewrite <- IH; clear IH.
      induction (seq 0 k) as [|x xs IH]; simpl; rewrite !count_app, ?count_map; [now rewrite count_nil, Z.add_0_r|].
      rewrite IH; lia. }
    assert (Hs : forall (P : nat -> bool) k, count P (seq 0 k) = zsum k (fun y => if P y then 1 else 0)).
    { intros P k; induction k as [|k IH]; [reflexivity|]; rewrite seq_S, count_app, IH; simpl; f_equal.
      rewrite count_cons; unfold count; simpl; lia. }
    change (Z.of_nat (count_correct N T)) with (count (correctb N T) (inputs N)); unfold inputs; rewrite Hc.
    unfold count_right; apply zsum_ext; intros x Hx; rewrite Hs; apply zsum_ext; intros y Hy.
    change (nth y (nth x T []) 0%nat) with (product T x y).
    apply f_equal with (f := fun b : bool => if b then 1 else 0), eq_true_iff_eq; rewrite correctb_iff.
    destruct (logits_repr x y Hx Hy) as [Hl H]; unfold correct; rewrite andb_true_iff, Nat.ltb_lt.
    change (outputs N) with (o W); split; intros [Hp HH]; (split; [exact Hp|]).
    - intros z Hz Hne; rewrite exceeds_spec in HH by now rewrite Hl.
      specialize (HH z ltac:(now rewrite Hl) Hne); apply IZR_lt in HH; rewrite <- (H z Hz), <- (H _ Hp) in HH.
      apply Rmult_lt_reg_r with (2 := HH), pow_lt; lra.
    - apply exceeds_spec; [now rewrite Hl|]; intros z Hz Hne; rewrite Hl in Hz; apply lt_IZR.
      rewrite <- (H z Hz), <- (H _ Hp); apply Rmult_lt_compat_r; [apply pow_lt; lra|now apply HH].
  Qed.
End Check.

(** Of all inputs, so many are right, and so many wrong; none if the weights are not well formed. *)
Definition check (O : ops) (bits : nat) (T : table) (W : weights) : Z * Z :=
  if well_formed bits W then let right := count_right (O := O) bits W T in (right, Z.of_nat (n W) ^ 2 - right) else (0, 0).

Theorem check_correct O bits T W right wrong : check O bits T W = (right, wrong) ->
  right <= Z.of_nat (count_correct (network_of W) T) <= Z.of_nat (n W) ^ 2 - wrong.
Proof.
  unfold check; destruct (well_formed bits W) eqn:Hf; cbv zeta; intros H; injection H; intros <- <-.
  - rewrite (count_right_correct bits W T Hf); lia.
  - split; [lia|]; rewrite Z.sub_0_r; change 2 with (Z.of_nat 2); rewrite <- Nat2Z.inj_pow.
    change (n W) with (tokens (network_of W)); rewrite <- inputs_length, <- count_true; now apply count_le.
Qed.
