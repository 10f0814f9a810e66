(** One cell: the sequences with a given last token [q] and largest token [m]. Its rivals, from what tokens add to
    outputs, which of them are out at once, and how many sequences are right and wrong by the others. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Sums Model Biases Circuits Count Num Exp Matrix Weights Rivals Explore Terms.
Import ListNotations.
Open Scope Z_scope.

Section Cell.
  Context {O : ops}.
  Notation num := (num O).
  Let zero : num := ofZ 0.

  Variable W : weights.
  Let v := v W.
  Let n := n W.
  Variables q m : nat.

  Definition rival_of (right other : list (list num)) (last : num) : rival :=
    (sub (nth q (nth (pred n) other []) zero) last, map2 (fun o m => map2 sub o m) other right).

  (** The rival with output [o]. *)
  Definition against (sums : list (list (list num))) : nat -> rival :=
    let right := nth m sums [] in
    let tokens := map (firstn (S m)) (firstn (pred n) right) in
    let last := nth q (nth (pred n) right []) zero in
    fun o => rival_of tokens (nth o sums []) last.

  (** The lead of a rival is a sum of differences of two, for each of [n] tokens. *)
  Definition margin_of (error : num) : num := mul (ofZ (2 * Z.of_nat n)) error.

  (** The outputs whose rivals may win, after all. *)
  Definition undecided (sums : list (list (list num))) (margin : num) : list nat :=
    let rival := against sums in
    filter (fun o => negb (out m margin (q =? m)%nat (rival o))) (filter (fun o => negb (o =? m)%nat) (seq 0 v)).
End Cell.

(** * They are right *)

Lemma Rabs_bounds x a : (Rabs x <= a -> - a <= x <= a)%R.
Proof. unfold Rabs; destruct (Rcase_abs x); lra. Qed.

Section Correct.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).

  Variable W : weights.
  Notation v := (v W).
  Notation n := (n W).
  Notation M := (fold_into (model_of W)).
  Hypothesis n_pos : (0 < n)%nat.

  Variables q m : nat.
  Hypothesis m_below : (m < v)%nat.
  Hypothesis q_le : (q <= m)%nat.

  (** Any sums will do. *)
  Variables u c : R.
  Variable sums : list (list (list num)).
  Variable error : num.
  Hypothesis sums_sound : sound W q m u c sums error.

  Notation rival := (rival (O := O)).
  Notation val := (val (O := O)).
  Notation at_ o p t := (nth t (nth p (nth o sums []) []) zero).
  Notation margin := (margin_of W error).
  Notation rival_at := (against W q m sums).

  Lemma u_pos : (0 < u)%R.
  Proof. apply sums_sound. Qed.

  Lemma sums_lengths o : (o < v)%nat -> length (nth o sums []) = n /\
    forall p, (p < n)%nat -> (m < length (nth p (nth o sums []) []))%nat.
  Proof.
    intros Ho; destruct sums_sound as [_ H]; destruct (H o Ho) as [Hl Hp].
    split; [exact Hl|]; intros p H'; now apply Hp.
  Qed.

  Lemma sums_correct o p t : (o < v)%nat -> (p < n)%nat -> (t <= m)%nat ->
    (Rabs (val (at_ o p t) - u * (exp (scores M q p t - c) * says M q p t o)) <= val error)%R.
  Proof. intros Ho Hp Ht; destruct sums_sound as [_ H]; now apply (proj2 (H o Ho) p Hp). Qed.

  Lemma gain_sum (D : list (list num)) x : length D = length x ->
    IZR (gain D x) = sum (length x) (fun p => val (nth (nth p x 0%nat) (nth p D []) zero)).
  Proof.
    revert x; induction D as [|Dp D IH]; intros [|t x] Hl; try discriminate; [reflexivity|].
    simpl length; rewrite sum_first; simpl gain; rewrite plus_IZR, IH by (now injection Hl); reflexivity.
  Qed.

  Lemma rival_nth o p t : (o < v)%nat -> (p < pred n)%nat -> (t <= m)%nat ->
    nth t (nth p (snd (rival_at o)) []) zero = sub (at_ o p t) (at_ m p t).
  Proof.
    intros Ho Hp Ht.
    destruct (sums_lengths o Ho) as [Lo Lo']; destruct (sums_lengths m m_below) as [Lm Lm'].
    unfold against, rival_of; cbn [snd].
    rewrite (nth_map2 _ _ _ _ [] []).
    2: lia. 2: rewrite map_length, firstn_length; lia.
    rewrite (nth_indep (map (firstn (S m)) _) [] (firstn (S m) [])) by (rewrite map_length, firstn_length; lia).
    rewrite map_nth, (nth_firstn _ (pred n)) by assumption.
    rewrite (nth_map2 _ _ _ _ zero zero).
    2: generalize (Lo' p ltac:(lia)); lia. 2: rewrite firstn_length; generalize (Lm' p ltac:(lia)); lia.
    now rewrite nth_firstn by lia.
  Qed.

  Lemma rival_wf o : (o < v)%nat -> wf m (pred n) (snd (rival_at o)).
  Proof.
    intros Ho; destruct (sums_lengths o Ho) as [Lo Lo']; destruct (sums_lengths m m_below) as [Lm Lm'].
    assert (Hlen : length (snd (rival_at o)) = pred n).
    { unfold against, rival_of; cbn [snd]; rewrite map2_length, map_length, firstn_length, Lo, Lm; lia. }
    split; [exact Hlen|]; apply Forall_forall; intros Dp HDp.
    destruct (In_nth _ _ [] HDp) as (p & Hp & <-); rewrite Hlen in Hp.
    unfold against, rival_of; cbn [snd].
    rewrite (nth_map2 _ _ _ _ [] []).
    2: lia. 2: rewrite map_length, firstn_length; lia.
    rewrite (nth_indep (map (firstn (S m)) _) [] (firstn (S m) [])) by (rewrite map_length, firstn_length; lia).
    rewrite map_nth, (nth_firstn _ (pred n)) by assumption.
    rewrite map2_length, firstn_length; generalize (Lo' p ltac:(lia)) (Lm' p ltac:(lia)); lia.
  Qed.

  (** The integers of a rival are its lead, but for the margin. *)
  Lemma total_correct o x : (o < v)%nat -> In x (sequences (S m) (pred n)) ->
    (Rabs (IZR (total (rival_at o) x) - u * (weighed M (x ++ [q]) c o - weighed M (x ++ [q]) c m))
      <= val margin)%R.
  Proof.
    intros Ho Hx; apply sequences_iff in Hx; destruct Hx as [Hl Hf].
    assert (Hn : n = S (pred n)) by lia.
    set (y := x ++ [q]).
    assert (Hq : nth (pred n) y 0%nat = q) by (unfold y; now rewrite app_nth2, Hl, Nat.sub_diag by lia).
    assert (Hy : forall p, (p < n)%nat -> (nth p y 0 <= m)%nat).
    { intros p Hp; destruct (Nat.eq_dec p (pred n)) as [->|Hne]; [lia|].
      unfold y; rewrite app_nth1 by lia; rewrite Forall_forall in Hf.
      assert (nth p x 0 < S m)%nat by (apply Hf, nth_In; lia); lia. }
    assert (E : IZR (total (rival_at o) x) = sum n (fun p => val (at_ o p (nth p y 0%nat)) - val (at_ m p (nth
      p y 0%nat)))%R).
    { unfold total; rewrite plus_IZR, gain_sum by (rewrite Hl; apply (rival_wf o Ho)).
      rewrite Hn at 1; cbn [sum]; rewrite Hl, Rplus_comm; f_equal.
      - apply sum_ext; intros p Hp; rewrite <- sub_val; f_equal.
        assert (Ey : nth p y 0%nat = nth p x 0%nat) by (unfold y; apply app_nth1; lia).
        rewrite Ey; apply rival_nth; trivial; rewrite <- Ey; apply Hy; lia.
      - rewrite Hq, <- sub_val; reflexivity. }
    rewrite E; unfold weighed; change (ctx M) with n; change (last_pos M) with (pred n); rewrite Hq.
    rewrite <- sum_minus, <- sum_scal, <- sum_minus.
    unfold val at 3, margin_of; rewrite mul_spec, ofZ_spec, mult_IZR, mult_IZR, <- INR_IZR_INZ.
    apply Rabs_le.
    replace (2 * INR n * IZR (toZ error))%R with (sum n (fun _ => 2 * val error)%R) by (rewrite sum_const;
      unfold val; ring).
    rewrite <- (Rmult_1_l (sum n (fun _ => 2 * val error)%R)), <- Ropp_mult_distr_l_reverse, <- !sum_scal.
    split; apply sum_le; intros p Hp;
      assert (Eo := sums_correct o p _ Ho Hp (Hy p Hp)); assert (Em := sums_correct m p _ m_below Hp (Hy p Hp));
      apply Rabs_bounds in Eo; apply Rabs_bounds in Em; lra.
  Qed.

  (** The sequence's logits, by its rivals. *)
  Lemma rival_loses o x : (o < v)%nat -> In x (sequences (S m) (pred n)) ->
    loses margin x (rival_at o) = true -> (logit M (x ++ [q]) o < logit M (x ++ [q]) m)%R.
  Proof.
    intros Ho Hx Hl; unfold loses in Hl; apply Z.ltb_lt, IZR_lt in Hl; rewrite opp_IZR in Hl.
    assert (H := total_correct o x Ho Hx); apply Rabs_bounds in H; unfold val in H; generalize u_pos; intros Hs.
    apply (additivity M n_pos (fold_into_no_biases _) _ c); apply Rmult_lt_reg_l with u; [assumption|]; lra.
  Qed.

  Lemma rival_wins o x : (o < v)%nat -> In x (sequences (S m) (pred n)) ->
    wins margin x (rival_at o) = true -> ~ (logit M (x ++ [q]) o < logit M (x ++ [q]) m)%R.
  Proof.
    intros Ho Hx Hl; unfold wins in Hl; apply Z.leb_le, IZR_le in Hl.
    assert (H := total_correct o x Ho Hx); apply Rabs_bounds in H; unfold val in H; generalize u_pos; intros Hs.
    rewrite (additivity M n_pos (fold_into_no_biases _) _ c); intros Hlt.
    apply (Rmult_lt_compat_l u) in Hlt; [|assumption]; lra.
  Qed.

  Lemma largest x : In x (sequences (S m) (pred n)) -> in_cell (q =? m)%nat m x = true -> list_max (x ++ [q]) = m.
  Proof.
    intros Hx Hc; apply sequences_iff in Hx; destruct Hx as [_ Hx].
    apply Nat.eqb_eq; rewrite list_max_cell by assumption; exact Hc.
  Qed.

  Notation in_this_cell := (fun x => in_cell (q =? m)%nat m x).

  Lemma others_in o : In o (filter (fun o => negb (o =? m)%nat) (seq 0 v)) <-> (o < v)%nat /\ o <> m.
  Proof.
    rewrite filter_In, in_seq, negb_true_iff, Nat.eqb_neq; lia.
  Qed.

  (** What is decided is so for all sequences of the cell. *)
  Theorem decided o x : (o < v)%nat -> o <> m -> ~ In o (undecided W q m sums margin) ->
    In x (sequences (S m) (pred n)) -> in_this_cell x = true ->
    (logit M (x ++ [q]) o < logit M (x ++ [q]) m)%R.
  Proof.
    intros Ho Hne Hu Hx Hc; apply rival_loses; trivial.
    destruct (out m margin (q =? m)%nat (rival_at o)) eqn:E.
    - apply sequences_iff in Hx; destruct Hx as [Hl Hf].
      now apply (out_correct m margin (q =? m)%nat (pred n)); [apply rival_wf| | | |].
    - exfalso; apply Hu; unfold undecided; apply filter_In; split; [now apply others_in|]; now rewrite E.
  Qed.

  Lemma undecided_in o : In o (undecided W q m sums margin) -> (o < v)%nat /\ o <> m.
  Proof. intros H; apply filter_In in H; now apply others_in. Qed.

  (** Exploring the rivals of some outputs, where all others are decided. *)
  Variable other_way : nat -> bool -> list rival -> Z.
  Hypothesis other_way_correct : forall k seen rivals, all_wf m k rivals ->
    other_way k seen rivals <= count (fun s => in_cell seen m s && right margin rivals s) (sequences (S m) k).
  Variable outputs : list nat.
  Hypothesis outputs_below : forall o, In o outputs -> (o < v)%nat /\ o <> m.
  Hypothesis others_lose : forall o x, (o < v)%nat -> o <> m -> ~ In o outputs ->
    In x (sequences (S m) (pred n)) -> in_this_cell x = true ->
    (logit M (x ++ [q]) o < logit M (x ++ [q]) m)%R.

  Theorem explored_correct depth :
    let found := explore m margin other_way depth (pred n) (q =? m)%nat (map rival_at outputs) in
    let cell p := count (fun x => in_this_cell x && p (x ++ [q])) (sequences (S m) (pred n)) in
    fst found <= cell (correctb M) /\ snd found <= cell (fun x => negb (correctb M x)).
  Proof.
    cbv zeta.
    destruct (explore_correct m margin other_way other_way_correct depth (pred n) (q =? m)%nat (map rival_at outputs))
      as [H1 H2].
    { intros r Hr; apply in_map_iff in Hr; destruct Hr as (o & <- & Ho); apply rival_wf, outputs_below, Ho. }
    split; [apply Z.le_trans with (1 := H1)|apply Z.le_trans with (1 := H2)]; apply count_le; intros x Hx Hb;
      apply andb_true_iff in Hb; destruct Hb as [Hc Hb]; rewrite Hc; simpl.
    - apply correctb_iff; unfold correct; rewrite (largest x Hx Hc); intros o Ho Hne.
      destruct (in_dec Nat.eq_dec o outputs) as [Hin|Hin]; [|now apply others_lose].
      apply rival_loses; trivial; unfold right in Hb; rewrite forallb_forall in Hb; apply Hb, in_map, Hin.
    - apply negb_true_iff, not_true_iff_false; rewrite correctb_iff; unfold correct; rewrite (largest x Hx Hc).
      unfold wrong in Hb; apply existsb_exists in Hb; destruct Hb as (r & Hr & Hw); apply in_map_iff in Hr.
      destruct Hr as (o & <- & Ho); destruct (outputs_below o Ho) as [Ho' Hne].
      intros Hcor; now apply (rival_wins o x Ho' Hx Hw), Hcor.
  Qed.

  (** Nothing is left to explore. *)
  Theorem all_decided : undecided W q m sums margin = [] ->
    cell_size (q =? m)%nat m (pred n)
      <= count (fun x => in_this_cell x && correctb M (x ++ [q])) (sequences (S m) (pred n)).
  Proof.
    intros E; rewrite <- cell_size_correct; apply count_le; intros x Hx Hc; rewrite Hc; simpl.
    apply correctb_iff; unfold correct; rewrite (largest x Hx Hc); intros o Ho Hne.
    apply decided; trivial; now rewrite E.
  Qed.
End Correct.
