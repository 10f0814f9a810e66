(** Biases, folded into the weights so that no proof needs to know of them: the model without biases that
    [fold_into] makes has the logits of the model with them.

    The residual stream gets a dimension that [W_pos] sets to 1 at every position. Queries, keys, values and logits
    read their biases from it. The head gets a dimension whose value is 1 at every position. Attention sums to 1, so
    [W_O] writes [b_O] from it. *)

Require Import Reals List Arith Lia Lra Bool.
Require Import Sums Model.
Open Scope R_scope.

(** * Larger matrices

    Of numbers, or of words that stand for numbers. *)

Section Widen.
  Context {A : Type}.

  (** A vector of [k] entries, and one more. *)
  Definition with_last (k : nat) (x : A) (f : nat -> A) (i : nat) : A := if (i =? k)%nat then x else f i.
  (** A matrix of [c] columns, and one more that has the same number everywhere. *)
  Definition with_column (c : nat) (x : A) (f : nat -> nat -> A) (i : nat) : nat -> A := with_last c x (f i).
  (** A matrix of [r] rows, and one more. *)
  Definition with_row (r : nat) (row : nat -> A) (f : nat -> nat -> A) (i j : nat) : A :=
    if (i =? r)%nat then row j else f i j.
  (** A matrix [r, c] with one more row, which ends with [corner], and one more column, of [zero] else. *)
  Definition with_both (r c : nat) (zero corner : A) (row : nat -> A) (f : nat -> nat -> A) : nat -> nat -> A :=
    with_row r (with_last c corner row) (with_column c zero f).
End Widen.

Definition fold_into (M : model) : model :=
  let d := d_model M in
  let h := d_head M in
  {| vocab := vocab M; ctx := ctx M; d_model := S d; d_head := S h;
     W_E := with_column d 0 (W_E M);
     W_pos := with_column d 1 (W_pos M);
     W_Q := with_both d h 0 0 (b_Q M) (W_Q M);
     W_K := with_both d h 0 0 (b_K M) (W_K M);
     W_V := with_both d h 0 1 (b_V M) (W_V M);
     W_O := with_both h d 0 0 (b_O M) (W_O M);
     W_U := with_row d (b_U M) (W_U M);
     b_Q := fun _ => 0; b_K := fun _ => 0; b_V := fun _ => 0; b_O := fun _ => 0; b_U := fun _ => 0;
     attn_scale := attn_scale M |}.

Definition no_biases (M : model) : Prop :=
  forall i, b_Q M i = 0 /\ b_K M i = 0 /\ b_V M i = 0 /\ b_O M i = 0 /\ b_U M i = 0.

Lemma fold_into_no_biases M : no_biases (fold_into M).
Proof. intros i; simpl; tauto. Qed.

(** * They compute alike *)

Section Widened.
  Context {A : Type}.
  Implicit Types (x : A) (f : nat -> A) (g : nat -> nat -> A).

  Lemma with_last_here k x f : with_last k x f k = x.
  Proof. unfold with_last; now rewrite Nat.eqb_refl. Qed.

  Lemma with_last_before k x f i : (i < k)%nat -> with_last k x f i = f i.
  Proof. intros H; unfold with_last; destruct (Nat.eqb_spec i k); [lia|reflexivity]. Qed.

  Lemma with_row_here r f g j : with_row r f g r j = f j.
  Proof. unfold with_row; now rewrite Nat.eqb_refl. Qed.

  Lemma with_row_before r f g i j : (i < r)%nat -> with_row r f g i j = g i j.
  Proof. intros H; unfold with_row; destruct (Nat.eqb_spec i r); [lia|reflexivity]. Qed.
End Widened.

Section Fold.
  Variable M : model.
  Hypothesis ctx_pos : (0 < ctx M)%nat.
  Variable x : list nat.

  Let d := d_model M.
  Let h := d_head M.
  Let F := fold_into M.

  Lemma embed_before p i : (i < d)%nat -> embed F x p i = embed M x p i.
  Proof. intros H; unfold embed; simpl; unfold with_column; now rewrite !with_last_before. Qed.

  Lemma embed_here p : embed F x p d = 1.
  Proof. unfold embed; simpl; unfold with_column; rewrite !with_last_here; ring. Qed.

  (** What a map reads of an embedding: its bias too, and the corner in the new dimension. *)
  Lemma reads_before corner bias g p a : (a < h)%nat ->
    sum (S d) (fun i => embed F x p i * with_both d h 0 corner bias g i a)
    = sum d (fun i => embed M x p i * g i a) + bias a.
  Proof.
    intros Ha; cbn [sum]; f_equal.
    - apply sum_ext; intros i Hi; rewrite embed_before by assumption; unfold with_both.
      rewrite with_row_before by assumption; unfold with_column; now rewrite with_last_before.
    - rewrite embed_here; unfold with_both; rewrite with_row_here, with_last_before by assumption; ring.
  Qed.

  Lemma reads_here corner bias g p : sum (S d) (fun i => embed F x p i * with_both d h 0 corner bias g i h) = corner.
  Proof.
    cbn [sum]; rewrite (sum_ext d _ (fun _ => 0)).
    - rewrite sum_zero, embed_here; unfold with_both; rewrite with_row_here, with_last_here; ring.
    - intros i Hi; unfold with_both; rewrite with_row_before by assumption; unfold with_column.
      rewrite with_last_here; ring.
  Qed.

  Lemma score_fold p : score F x p = score M x p.
  Proof.
    unfold score; simpl attn_scale; f_equal; change (d_head F) with (S h); cbn [sum].
    rewrite <- (Rplus_0_r (sum (d_head M) (fun a => query M x a * key M x p a))); f_equal.
    - apply sum_ext; intros a Ha; unfold query, key; simpl b_Q; simpl b_K; rewrite !Rplus_0_r; simpl W_Q; simpl W_K.
      change (d_model F) with (S d); fold d h; now rewrite !reads_before.
    - unfold query; simpl b_Q; simpl W_Q; change (d_model F) with (S d); fold d h; rewrite reads_here; ring.
  Qed.

  Lemma attention_fold p : attention F x p = attention M x p.
  Proof.
    unfold attention; rewrite score_fold; f_equal; apply sum_ext; intros r _; now rewrite score_fold.
  Qed.

  Lemma attention_sums_to_one : sum (ctx M) (attention M x) = 1.
  Proof.
    unfold attention, Rdiv; rewrite sum_scal_r; apply Rinv_r.
    assert (0 < sum (ctx M) (fun p => exp (score M x p))); [|lra].
    apply sum_pos; [exact ctx_pos|]; intros; apply exp_pos.
  Qed.

  Lemma mixed_before a : (a < h)%nat -> mixed F x a = mixed M x a.
  Proof.
    intros Ha; unfold mixed; simpl ctx; apply sum_ext; intros p _; rewrite attention_fold; f_equal.
    unfold value; simpl b_V; simpl W_V; change (d_model F) with (S d); fold d h; rewrite reads_before by assumption.
    apply Rplus_0_r.
  Qed.

  Lemma mixed_here : mixed F x h = 1.
  Proof.
    rewrite <- attention_sums_to_one; unfold mixed; simpl ctx; apply sum_ext; intros p _; rewrite attention_fold.
    unfold value; simpl b_V; simpl W_V; change (d_model F) with (S d); fold d h; rewrite reads_here; ring.
  Qed.

  Lemma residual_before i : (i < d)%nat -> residual F x i = residual M x i.
  Proof.
    intros Hi; unfold residual; simpl b_O; rewrite Rplus_0_r; change (last_pos F) with (last_pos M).
    rewrite embed_before, Rplus_assoc by assumption; f_equal.
    change (d_head F) with (S h); simpl W_O; fold d h; cbn [sum]; f_equal.
    - apply sum_ext; intros a Ha; rewrite mixed_before by assumption; unfold with_both.
      rewrite with_row_before by assumption; unfold with_column; now rewrite with_last_before.
    - rewrite mixed_here; unfold with_both; rewrite with_row_here, with_last_before by assumption; ring.
  Qed.

  Lemma residual_here : residual F x d = 1.
  Proof.
    unfold residual; simpl b_O; rewrite Rplus_0_r; rewrite embed_here.
    change (d_head F) with (S h); simpl W_O; fold d h; cbn [sum].
    rewrite (sum_ext h _ (fun _ => 0)).
    - rewrite sum_zero; unfold with_both; rewrite with_row_here, with_last_here; ring.
    - intros a Ha; unfold with_both; rewrite with_row_before by assumption; unfold with_column.
      rewrite with_last_here; ring.
  Qed.

  Theorem logit_fold o : logit F x o = logit M x o.
  Proof.
    unfold logit; simpl b_U; rewrite Rplus_0_r; change (d_model F) with (S d); simpl W_U; fold d; cbn [sum]; f_equal.
    - apply sum_ext; intros i Hi; rewrite residual_before by assumption; now rewrite with_row_before.
    - rewrite residual_here, with_row_here; ring.
  Qed.
End Fold.

Lemma correct_fold M x : (0 < ctx M)%nat -> correct (fold_into M) x <-> correct M x.
Proof.
  intros H; unfold correct; split; intros Hc o Ho Hne; specialize (Hc o Ho Hne); now rewrite !logit_fold in *.
Qed.

Theorem count_correct_fold M : (0 < ctx M)%nat -> count_correct (fold_into M) = count_correct M.
Proof.
  intros H; unfold count_correct; simpl vocab; simpl ctx; f_equal; apply filter_ext; intros x.
  apply eq_true_iff_eq; rewrite !correctb_iff; now apply correct_fold.
Qed.
