(** The logits of a network with two tokens as integers over a power of 2: of its own weights, or of weights that are
    rounded down to fewer bits. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Sums TwoToken Num Matrix Words TwoTokenFile.
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

(** * Sums over active neurons *)

Section Active.
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

  (** Whether all numbers but the one at a place are below a bound. *)
  Definition others_below (bound : num) (p : nat) (l : list num) : bool :=
    forallb (fun a => ltb a bound) (firstn p l) && forallb (fun a => ltb a bound) (skipn (S p) l).

  Lemma others_below_spec bound p l : (p < length l)%nat -> others_below bound p l = true <->
    forall z, (z < length l)%nat -> z <> p -> toZ (nth z l zero) < toZ bound.
  Proof.
    intros Hp; unfold others_below; rewrite andb_true_iff, !forallb_forall; split.
    - intros [H1 H2] z Hz Hne; apply Z.ltb_lt; rewrite <- ltb_spec; destruct (Nat.lt_ge_cases z p) as [H|H].
      + apply H1; rewrite <- (nth_firstn l p) by exact H; apply nth_In; rewrite firstn_length; lia.
      + apply H2; replace z with (S p + (z - S p))%nat by lia; rewrite <- nth_skipn; apply nth_In.
        rewrite skipn_length; lia.
    - intros H; split; intros a Ha; destruct (In_nth _ _ zero Ha) as (z & Hz & <-);
        rewrite ltb_spec; apply Z.ltb_lt.
      + rewrite firstn_length in Hz; rewrite nth_firstn by lia; apply H; lia.
      + rewrite skipn_length in Hz; rewrite nth_skipn; apply H; lia.
  Qed.
End Active.

(** * The matrices of a network *)

(** All tensors. *)
Definition tensors (W : weights) : list (list Z) := [wL W; wR W; wU W; bH W; bU W].

(** As many words as the shapes say; biases may have none. *)
Definition shaped (W : weights) : bool :=
  let has k tensor := (length tensor =? k)%nat in
  has (n W * m W)%nat (wL W) && has (n W * m W)%nat (wR W) && has (m W * o W)%nat (wU W)
  && (has 0%nat (bH W) || has (m W) (bH W)) && (has 0%nat (bU W) || has (o W) (bU W)).

Section Matrices.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).
  Variable bits : nat.
  Variable W : weights.

  Definition integers (words : list Z) : list num := map (integer bits) words.
  Definition matrix (r c : nat) (words : list Z) : list (list num) := rows r c (integers words).
  Definition bias (k : nat) (words : list Z) : list num :=
    match words with [] => repeat zero k | _ => integers words end.

  (** [R] has the hidden bias in it. *)
  Definition L_rows : list (list num) := matrix (n W) (m W) (wL W).
  Definition R_rows : list (list num) :=
    let b := bias (m W) (bH W) in map (fun row => map2 add row b) (matrix (n W) (m W) (wR W)).
  Definition U_rows : list (list num) := matrix (m W) (o W) (wU W).
  Definition biases : list num := raise bits (bias (o W) (bU W)).

  (** * They are right, whatever real numbers the integers stand for *)

  Variable real : Z -> R.

  (** The network of these numbers. *)
  Definition read_by : network := {|
    tokens := n W; neurons := m W; outputs := o W;
    left := fun x i => real (at2 (wL W) (m W) x i);
    right := fun y i => real (at2 (wR W) (m W) y i);
    hidden_bias := fun i => real (at_ (bH W) i);
    unembed := fun i z => real (at2 (wU W) (o W) i z);
    unembed_bias := fun z => real (at_ (bU W) z);
  |}.

  Hypothesis real_zero : real 0 = 0%R.
  Hypothesis real_right : forall l w, In l (tensors W) -> In w l -> repr (O := O) bits (real w) (integer bits w).
  Hypothesis fits : shaped W = true.

  Lemma integers_repr words i : In words (tensors W) -> repr bits (real (at_ words i)) (nth i (integers words) zero).
  Proof.
    intros H; unfold at_, integers; destruct (Nat.lt_ge_cases i (length words)) as [Hi|Hi].
    - rewrite (nth_indep _ zero (integer bits 0)) by (now rewrite map_length); rewrite map_nth.
      apply (real_right words); [exact H|now apply nth_In].
    - rewrite !nth_overflow by (rewrite ?map_length; exact Hi); rewrite real_zero; apply repr_zero.
  Qed.

  Lemma matrix_repr r c words : In words (tensors W) -> length words = (r * c)%nat ->
    mrepr bits r c (fun i j => real (at2 words c i j)) (matrix r c words).
  Proof.
    intros Hin Hl; assert (Hl' : length (integers words) = (r * c)%nat) by (unfold integers; now rewrite map_length).
    split; [apply rows_length|]; intros i Hi; split.
    - destruct c as [|c].
      + unfold matrix; generalize (integers words); revert i Hi; clear; induction r as [|r IH]; intros i Hi l; [lia|].
        destruct i; [reflexivity|]; simpl; apply IH; lia.
      + apply (nth_rows r (S c) _ i 0 zero); trivial; lia.
    - intros j Hj; unfold matrix; destruct (nth_rows r c (integers words) i j zero) as [_ E]; trivial.
      rewrite E; now apply integers_repr.
  Qed.

  Lemma bias_repr k words : In words (tensors W) -> length words = 0%nat \/ length words = k ->
    vrepr bits k (fun i => real (at_ words i)) (bias k words).
  Proof.
    intros Hin Hl; destruct words as [|w words].
    - split; [apply repeat_length|]; intros i Hi; simpl; unfold at_.
      rewrite nth_repeat; destruct i; simpl; rewrite real_zero; apply repr_zero.
    - destruct Hl as [Hl|Hl]; [discriminate|].
      split; [unfold bias, integers; now rewrite map_length|]; intros i _; now apply integers_repr.
  Qed.

  Local Ltac tensor := unfold tensors; simpl; tauto.

  Lemma shapes : length (wL W) = (n W * m W)%nat /\ length (wR W) = (n W * m W)%nat /\
    length (wU W) = (m W * o W)%nat /\ (length (bH W) = 0 \/ length (bH W) = m W)%nat /\
    (length (bU W) = 0 \/ length (bU W) = o W)%nat.
  Proof. revert fits; unfold shaped; rewrite !andb_true_iff, !orb_true_iff, !Nat.eqb_eq; tauto. Qed.

  Lemma L_repr : mrepr bits (n W) (m W) (left read_by) L_rows.
  Proof. apply matrix_repr; [tensor|apply shapes]. Qed.

  Lemma U_repr : mrepr bits (m W) (o W) (unembed read_by) U_rows.
  Proof. apply matrix_repr; [tensor|apply shapes]. Qed.

  Lemma R_repr : mrepr bits (n W) (m W) (fun y i => right read_by y i + hidden_bias read_by i)%R R_rows.
  Proof.
    destruct shapes as (_ & HR & _ & Hb & _); destruct (matrix_repr (n W) (m W) (wR W)) as [Hl H]; [tensor|exact HR|].
    unfold R_rows; cbv zeta; split; [now rewrite map_length|]; intros y Hy.
    rewrite (nth_indep _ [] (map2 add [] (bias (m W) (bH W)))) by (rewrite map_length; lia).
    rewrite (map_nth (fun row => map2 add row _)); apply vrepr_add; [now apply H|apply bias_repr; [tensor|exact Hb]].
  Qed.

  Lemma biases_repr : vrepr (bits + bits) (o W) (unembed_bias read_by) biases.
  Proof. apply raise_repr, bias_repr; [tensor|apply shapes]. Qed.

  Theorem logits_repr x y : (x < n W)%nat -> (y < n W)%nat ->
    vrepr (bits + bits) (o W) (logit read_by x y)
      (add_active (map2 add (nth x L_rows []) (nth y R_rows [])) U_rows biases).
  Proof.
    intros Hx Hy; apply add_active_repr; [|exact U_repr|exact biases_repr].
    destruct (vrepr_add _ _ _ _ _ _ (proj2 L_repr x Hx) (proj2 R_repr y Hy)) as [El E]; split; [exact El|].
    intros i Hi; rewrite Rplus_assoc; now apply E.
  Qed.
End Matrices.
