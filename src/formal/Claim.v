(** What the theorem about one file is made from: a claim, as in a certificate, and a computation that
    derives it. *)

Require Import ZArith Reals Lra List Bool Lia.
Require Import Model Num Weights Checker Sha256 Safetensors File.
Open Scope Z_scope.

(** Whether the file's hash, by any way to compute it, is [hash], it holds a model with [total] sequences, and the
    checker derives that at least [right] of them are answered correctly, and at least [wrong] are not. *)
Definition derives (hash_of : list Z -> Z) (O : ops) (X : settings) (F : file) (hash total right wrong : Z) : bool :=
  (hash_of (bytes F) =? hash) &&
  match read F with
  | Some W =>
    let found := check O X W in
    (0 <? Z.of_nat (v W)) && (Z.of_nat (v W) ^ Z.of_nat (n W) =? total)
    && (right <=? fst found) && (wrong <=? snd found)
  | None => false
  end.

Theorem claim hash_of O X F hash total right wrong : (forall b, hash_of b = sha256 b) ->
  derives hash_of O X F hash total right wrong = true ->
  sha256 (bytes F) = hash /\ exists W, read F = Some W /\
  (IZR right / IZR total <= accuracy (model_of W) <= (IZR total - IZR wrong) / IZR total)%R.
Proof.
  unfold derives; intros Hs H; apply andb_true_iff in H; destruct H as [Hh H]; apply Z.eqb_eq in Hh; rewrite Hs in Hh.
  split; [exact Hh|]; destruct (read F) as [W|]; [|discriminate]; exists W; split; [reflexivity|].
  destruct (check O X W) as [r w] eqn:E; cbn [fst snd] in H.
  rewrite !andb_true_iff in H; destruct H as [[[Hv Ht] Hr] Hw].
  apply Z.ltb_lt in Hv; apply Z.eqb_eq in Ht; apply Z.leb_le in Hr, Hw; subst total.
  assert (Hp : (0 < IZR (Z.of_nat (v W) ^ Z.of_nat (n W)))%R) by (apply IZR_lt, Z.pow_pos_nonneg; lia).
  split.
  - apply Rle_trans with (2 := accuracy_lower _ _ _ _ _ E Hv).
    apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|now apply IZR_le].
  - apply Rle_trans with (1 := accuracy_upper _ _ _ _ _ E Hv).
    apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|]; rewrite <- minus_IZR; apply IZR_le; lia.
Qed.

(** Where everything is right or wrong, nothing is left to know. *)
Corollary claim_exactly hash_of O X F hash total right wrong : (forall b, hash_of b = sha256 b) ->
  derives hash_of O X F hash total right wrong = true ->
  right + wrong = total ->
  sha256 (bytes F) = hash /\ exists W, read F = Some W /\
  accuracy (model_of W) = (IZR right / IZR total)%R.
Proof.
  intros Hs H E; destruct (claim _ _ _ _ _ _ _ _ Hs H) as (Hh & W & HW & Hl & Hu).
  split; [exact Hh|]; exists W; split; [exact HW|]; apply Rle_antisym; [|exact Hl].
  rewrite <- minus_IZR in Hu; now replace (total - wrong) with right in Hu by lia.
Qed.

Corollary claim_at_least hash_of O X F hash total right wrong : (forall b, hash_of b = sha256 b) ->
  derives hash_of O X F hash total right wrong = true ->
  sha256 (bytes F) = hash /\ exists W, read F = Some W /\
  (IZR right / IZR total <= accuracy (model_of W))%R.
Proof.
  intros Hs H; destruct (claim _ _ _ _ _ _ _ _ Hs H) as (Hh & W & HW & Hl & _); eauto.
Qed.
