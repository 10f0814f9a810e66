(** The paths of a model as exact integer matrices, from the words of a weights file, and how the checker computes. *)

Require Import ZArith Reals Lra Lia List Bool Arith.
Require Import Sums Model Biases Circuits Num Matrix Weights Powers.
Import ListNotations.
Open Scope Z_scope.

(** How it computes. Whatever they are, what is derived is true: they decide how much is derived, and how fast. *)
Record settings := Settings {
  bits : nat;        (* after the point, of weights: enough to hold them all exactly, or nothing is derived *)
  point : nat;       (* after the point, of exponentials and of what is summed *)
  terms : nat;       (* of the series of the exponential *)
  squarings : nat;   (* after the series of the exponential *)
  depth : nat;       (* of the exploration of a cell that is not right as a whole: so many tokens are tried one by
    one *)
  tilts : list Z;    (* where that ends, see [Tilt.best]; none: nothing is derived of what is left *)
  bins : Z;          (* of the grid on which the rest is counted, see [Grid.on_grid]; 0: it is not *)
  worth : Z;         (* how many sequences tilting must leave to a rival for that *)
}.

(** [2^P] over what scores are divided by, rounded down. *)
Definition over_scale (P : Z) (s : scale) : Z :=
  match s with
  | Root k => Z.sqrt (4 ^ P / Z.of_nat k)
  | Decimal digits places => 2 ^ P * 10 ^ Z.of_nat places / digits
  end.

Section Paths.
  Context {O : ops}.
  Notation num := (num O).

  Variable W : weights.
  Variable X : settings.

  Let v := v W.
  Let n := n W.
  (** With the dimensions that biases are folded into. *)
  Let d := S (d W).
  Let h := S (h W).
  Let b := bits X.
  Let P : Z := Z.of_nat (point X).

  Record tables := Tables {
    EUPU : list (list num);   (* [q, o], 2 b bits after the point *)
    EVOU : list (list num);   (* [o, t], 4 b *)
    PVOU : list (list num);   (* [o, p], 4 b *)
    EQKE : list (list num);   (* [q, t], 4 b, not yet divided by the scale *)
    EQKP : list (list num);   (* [q, p], 4 b *)
    per_scale : num * num;         (* bounds of 2^P / the scale *)
    most_token_position : num;   (* of EVOU and of PVOU, added *)
    cut : num;                   (* so many bits less make them short... *)
    rough_EVOU : list (list num);   (* ... and this is what is left of them *)
    rough_PVOU : list (list num);
    beta_powers : powers (O := O);
  }.

  Definition cut_all (bits : num) (A : list (list num)) : list (list num) := map (map (fun x => shr x bits)) A.

  (** Integers of so many bits are cut to words that can be multiplied. *)
  Definition word_bits : Z := 28.
  Definition cut_for (bits : Z) : Z := Z.max 0 (bits - word_bits).

  Definition make_tables : tables :=
    let E := matrix b v d (E_words W) in
    let pos := matrix b n d (pos_words W) in
    let Q := transposed b d h (Q_words W) in
    let K := transposed b d h (K_words W) in
    let V := transposed b d h (V_words W) in
    let O := transposed b h d (O_words W) in
    let U := transposed b d v (U_words W) in
    let E_q := map (fun e => map2 add e (nth (pred n) pos [])) E in
    let queries := mmul E_q Q in
    let EVOU := mmul U (mmul (mmul E V) O) in
    let PVOU := mmul U (mmul (mmul pos V) O) in
    let r := over_scale P (scaled_by W) in
    let EUPU := mmul E_q U in
    let most := add (maxabs_all EVOU) (maxabs_all PVOU) in
    let cut := ofZ (cut_for (Z.log2 (toZ (add (mul (maxabs_all EUPU) (ofZ (2 ^ Z.of_nat (2 * b)))) most)))) in
    {| EUPU := EUPU; EVOU := EVOU; PVOU := PVOU;
       EQKE := mmul queries (mmul E K); EQKP := mmul queries (mmul pos K);
       per_scale := (ofZ r, ofZ (r + 1));
       most_token_position := most;
       cut := cut; rough_EVOU := cut_all cut EVOU; rough_PVOU := cut_all cut PVOU;
       beta_powers := make_powers |}.

End Paths.

(** * They are right *)

Lemma cut_all_row {O : ops} (k : num O) A i : nth i (cut_all k A) [] = map (fun x => shr x k) (nth i A []).
Proof. exact (map_nth (map (fun x => shr x k)) A [] i). Qed.

Lemma cut_all_nth {O : ops} (k : num O) A i j : 0 <= toZ k ->
  toZ (nth j (nth i (cut_all k A) []) (ofZ 0)) = toZ (shr (nth j (nth i A []) (ofZ 0)) k).
Proof.
  intros Hk; rewrite cut_all_row; destruct (lt_dec j (length (nth i A []))) as [H|H].
  - rewrite (nth_indep _ _ (shr (ofZ 0) k)) by (now rewrite map_length); now rewrite (map_nth (fun x => shr x k)).
  - rewrite !nth_overflow by (rewrite ?map_length; lia); rewrite shr_spec, ofZ_spec by assumption.
    now rewrite Z.div_0_l by (apply Z.pow_nonzero; lia).
Qed.

Section Correct.
  Context {O : ops}.
  Notation num := (num O).
  Notation zero := (ofZ 0 : num).

  Variable W : weights.
  Variable X : settings.
  Notation v := (v W).
  Notation n := (n W).
  Notation d := (S (d W)).
  Notation h := (S (h W)).
  Notation b := (bits X).
  Notation M := (fold_into (model_of W)).

  Hypothesis n_pos : (0 < n)%nat.
  Hypothesis all_exact : forallb (exact b) (tensors W) = true.

  Notation T := (make_tables (O := O) W X).

  Lemma mrepr_ext e r c f g (A : list (list num)) :
    (forall i j, (i < r)%nat -> (j < c)%nat -> f i j = g i j) -> mrepr e r c f A -> mrepr e r c g A.
  Proof.
    intros E [Hl H]; split; [assumption|]; intros i Hi; destruct (H i Hi) as [Hl' H']; split; [assumption|].
    intros j Hj; rewrite <- E by assumption; now apply H'.
  Qed.

  Lemma mrepr_bits e e' r c f (A : list (list num)) : e = e' -> mrepr e r c f A -> mrepr e' r c f A.
  Proof. now intros ->. Qed.

  (** The folded weights as matrices of integers. *)
  Local Ltac exactly := apply (folded_exact W b all_exact).
  Local Ltac words := intros; apply (folded_words W).

  Lemma E_repr : mrepr (O := O) b v d (W_E M) (matrix b v d (E_words W)).
  Proof. eapply mrepr_ext; [|apply matrix_repr; [apply (bits_fit W b all_exact)|exactly]]; words. Qed.
  Lemma pos_repr : mrepr (O := O) b n d (W_pos M) (matrix b n d (pos_words W)).
  Proof. eapply mrepr_ext; [|apply matrix_repr; [apply (bits_fit W b all_exact)|exactly]]; words. Qed.
  Lemma Q_repr : mrepr (O := O) b h d (fun a i => W_Q M i a) (transposed b d h (Q_words W)).
  Proof. eapply mrepr_ext; [|apply transposed_repr; [apply (bits_fit W b all_exact)|exactly]]; words. Qed.
  Lemma K_repr : mrepr (O := O) b h d (fun a i => W_K M i a) (transposed b d h (K_words W)).
  Proof. eapply mrepr_ext; [|apply transposed_repr; [apply (bits_fit W b all_exact)|exactly]]; words. Qed.
  Lemma V_repr : mrepr (O := O) b h d (fun a i => W_V M i a) (transposed b d h (V_words W)).
  Proof. eapply mrepr_ext; [|apply transposed_repr; [apply (bits_fit W b all_exact)|exactly]]; words. Qed.
  Lemma O_repr : mrepr (O := O) b d h (fun i a => W_O M a i) (transposed b h d (O_words W)).
  Proof. eapply mrepr_ext; [|apply transposed_repr; [apply (bits_fit W b all_exact)|exactly]]; words. Qed.
  Lemma U_repr : mrepr (O := O) b v d (fun o i => W_U M i o) (transposed b d v (U_words W)).
  Proof. eapply mrepr_ext; [|apply transposed_repr; [apply (bits_fit W b all_exact)|exactly]]; words. Qed.

  Lemma E_q_repr : mrepr b v d (E_q M)
    (map (fun e => map2 add e (nth (pred n) (matrix b n d (pos_words W)) [])) (matrix (O := O) b v d (E_words W))).
  Proof.
    destruct E_repr as [Hl H]; destruct pos_repr as [_ Hp].
    destruct (Hp (pred n)) as [Hpl Hp']; [lia|]; clear Hp.
    split; [now rewrite map_length|]; intros q Hq; destruct (H q Hq) as [Hl' H'].
    rewrite (nth_indep _ [] (map2 add [] (nth (pred n) (matrix b n d (pos_words W)) [])))
      by (now rewrite map_length, Hl).
    rewrite (map_nth (fun e => map2 add e _)); split; [rewrite map2_length, Hl', Hpl; apply Nat.min_id|].
    intros i Hi; rewrite (nth_map2 _ _ _ _ zero zero) by congruence.
    apply repr_add; [now apply H'|now apply Hp'].
  Qed.

  Lemma EUPU_repr : mrepr (2 * b) v v (Circuits.EUPU M) (EUPU T).
  Proof.
    apply mrepr_bits with (b + b)%nat; [lia|].
    apply (mmul_repr b b v d v (E_q M) (fun o i => W_U M i o)); [apply E_q_repr|apply U_repr].
  Qed.

  Lemma VOU_repr r (e : nat -> nat -> R) (A : list (list num)) : mrepr b r d e A ->
    mrepr (4 * b) v r (fun o t => VOU M (e t) o)
      (mmul (transposed b d v (U_words W))
        (mmul (mmul A (transposed b d h (V_words W))) (transposed b h d (O_words W)))).
  Proof.
    intros HA; apply mrepr_bits with (b + (b + b + b))%nat; [lia|].
    eapply mrepr_ext; [|apply (mmul_repr b (b + b + b) v d r (fun o i => W_U M i o)
      (fun t i => sum h (fun a => sum d (fun j => e t j * W_V M j a) * W_O M a i)))%R].
    - intros o t _ _; unfold VOU; apply sum_ext; intros i _; simpl; ring.
    - apply U_repr.
    - apply (mmul_repr (b + b) b r h d (fun t a => sum d (fun j => e t j * W_V M j a))%R (fun i a => W_O M a i)).
      + apply (mmul_repr b b r d h e (fun a j => W_V M j a)); [assumption|apply V_repr].
      + apply O_repr.
  Qed.

  Lemma EVOU_repr : mrepr (4 * b) v v (fun o t => Circuits.EVOU M t o) (EVOU T).
  Proof. apply (VOU_repr v (W_E M)), E_repr. Qed.

  Lemma PVOU_repr : mrepr (4 * b) v n (fun o p => Circuits.PVOU M p o) (PVOU T).
  Proof. apply (VOU_repr n (W_pos M)), pos_repr. Qed.

  Lemma QK_repr r (e : nat -> nat -> R) (A : list (list num)) : mrepr b r d e A ->
    mrepr (4 * b) v r (fun q t => QK M q (e t))
      (mmul (mmul (map (fun e => map2 add e (nth (pred n) (matrix b n d (pos_words W)) [])) (matrix b v d (E_words W)))
        (transposed b d h (Q_words W))) (mmul A (transposed b d h (K_words W)))).
  Proof.
    intros HA; apply mrepr_bits with ((b + b) + (b + b))%nat; [lia|].
    apply (mmul_repr (b + b) (b + b) v h r (fun q a => sum d (fun i => E_q M q i * W_Q M i a))%R
      (fun t a => sum d (fun j => e t j * W_K M j a))%R).
    - apply (mmul_repr b b v d h (E_q M) (fun a i => W_Q M i a)); [apply E_q_repr|apply Q_repr].
    - apply (mmul_repr b b r d h e (fun a j => W_K M j a)); [assumption|apply K_repr].
  Qed.

  Lemma EQKE_repr : mrepr (4 * b) v v (Circuits.EQKE M) (EQKE T).
  Proof. apply (QK_repr v (W_E M)), E_repr. Qed.

  Lemma EQKP_repr : mrepr (4 * b) v n (Circuits.EQKP M) (EQKP T).
  Proof. apply (QK_repr n (W_pos M)), pos_repr. Qed.

  Lemma cut_nonneg : 0 <= toZ (cut T).
  Proof. cbn [cut make_tables]; rewrite ofZ_spec; apply Z.le_max_l. Qed.
End Correct.
