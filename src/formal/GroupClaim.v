(** What the theorem about one file with a network for a group is made from, like [Claim.v]: a claim, and a
    computation that derives it. *)

Require Import ZArith Reals Lra Lia List Bool.
Require Import TwoToken Num Sha256 Safetensors TwoTokenFile BruteForce Group.
Open Scope Z_scope.

(** Whether the file's hash, by any way to compute it, is [hash], it holds a network for as many tokens as the group has
    elements, [total] is how many inputs there are, and brute force finds at least [right] of them answered right, and
    at least [wrong] wrong. *)
Definition derives (hash_of : list Z -> Z) (O : ops) (bits : nat) (T : table) (F : file) (hash total right wrong : Z)
  : bool :=
  (hash_of (bytes F) =? hash) &&
  match read F with
  | Some W =>
    let found := check O bits T W in
    is_groupb (n W) T && (Z.of_nat (n W) ^ 2 =? total) && (right <=? fst found) && (wrong <=? snd found)
  | None => false
  end.

Theorem claim hash_of O bits T F hash total right wrong : (forall b, hash_of b = sha256 b) ->
  derives hash_of O bits T F hash total right wrong = true ->
  sha256 (bytes F) = hash /\ exists W, read F = Some W /\ is_group (n W) T /\
  (IZR right / IZR total <= accuracy (network_of W) T <= (IZR total - IZR wrong) / IZR total)%R.
Proof.
  unfold derives; intros Hs H; apply andb_true_iff in H; destruct H as [Hh H]; apply Z.eqb_eq in Hh; rewrite Hs in Hh.
  split; [exact Hh|]; destruct (read F) as [W|]; [|discriminate]; exists W; split; [reflexivity|].
  destruct (check O bits T W) as [r w] eqn:E; cbn [fst snd] in H.
  rewrite !andb_true_iff in H; destruct H as [[[Hg Ht] Hr] Hw].
  apply is_groupb_correct in Hg; split; [exact Hg|].
  apply Z.eqb_eq in Ht; apply Z.leb_le in Hr, Hw; apply check_correct in E.
  assert (Hn : 0 < Z.of_nat (n W)) by (destruct Hg as (_ & _ & e & He & _); lia).
  unfold accuracy; rewrite !INR_IZR_INZ, Nat2Z.inj_pow; change (Z.of_nat (tokens (network_of W)))
    with (Z.of_nat (n W)); change (Z.of_nat 2) with 2; rewrite Ht.
  assert (Hp : (0 < IZR total)%R) by (apply IZR_lt; rewrite <- Ht; apply Z.pow_pos_nonneg; lia).
  split; (apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|]); rewrite <- ?minus_IZR; apply IZR_le; lia.
Qed.

(** Where everything is right or wrong, nothing is left to know. *)
Corollary claim_exactly hash_of O bits T F hash total right wrong : (forall b, hash_of b = sha256 b) ->
  derives hash_of O bits T F hash total right wrong = true ->
  right + wrong = total ->
  sha256 (bytes F) = hash /\ exists W, read F = Some W /\ is_group (n W) T /\
  accuracy (network_of W) T = (IZR right / IZR total)%R.
Proof.
  intros Hs H E; destruct (claim _ _ _ _ _ _ _ _ _ Hs H) as (Hh & W & HW & Hg & Hl & Hu).
  split; [exact Hh|]; exists W; repeat (split; [assumption|]); apply Rle_antisym; [|exact Hl].
  rewrite <- minus_IZR in Hu; now replace (total - wrong) with right in Hu by lia.
Qed.

Corollary claim_at_least hash_of O bits T F hash total right wrong : (forall b, hash_of b = sha256 b) ->
  derives hash_of O bits T F hash total right wrong = true ->
  sha256 (bytes F) = hash /\ exists W, read F = Some W /\ is_group (n W) T /\
  (IZR right / IZR total <= accuracy (network_of W) T)%R.
Proof.
  intros Hs H; destruct (claim _ _ _ _ _ _ _ _ _ Hs H) as (Hh & W & HW & Hg & Hl & _); eauto.
Qed.
