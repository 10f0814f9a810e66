(** SHA-256 computed with the machine's words, which takes a tenth of the time, and proven to be what [Sha256.v]
    says. *)

Require Import ZArith List Lia.
From Coq Require Import Uint63.
Require Import Sha256.
Import ListNotations.
Open Scope Z_scope.

Notation toZ := Uint63.to_Z.

Section Words.
  Local Open Scope uint63_scope.

  Definition mask : int := 4294967295.
  Definition wrap (x : int) : int := x land mask.
  Definition rotr (k x : int) : int := wrap ((x >> k) lor (x << (32 - k))).
  Definition xor3 (x y z : int) : int := x lxor (y lxor z).
  Definition choose (x y z : int) : int := (x land y) lxor ((mask lxor x) land z).
  Definition majority (x y z : int) : int := xor3 (x land y) (x land z) (y land z).
  Definition Sigma0 (x : int) : int := xor3 (rotr 2 x) (rotr 13 x) (rotr 22 x).
  Definition Sigma1 (x : int) : int := xor3 (rotr 6 x) (rotr 11 x) (rotr 25 x).
  Definition sigma0 (x : int) : int := xor3 (rotr 7 x) (rotr 18 x) (x >> 3).
  Definition sigma1 (x : int) : int := xor3 (rotr 17 x) (rotr 19 x) (x >> 10).

  Definition state : Type := int * int * int * int * int * int * int * int.

  Fixpoint schedule (k : nat) (last_first : list int) : list int :=
    match k with
    | O => last_first
    | S k =>
      let at_ i := nth i last_first 0 in
      schedule k (wrap (sigma1 (at_ 1%nat) + at_ 6%nat + sigma0 (at_ 14%nat) + at_ 15%nat) :: last_first)
    end.

  Definition round (s : state) (constant_word : int * int) : state :=
    let '(a, b, c, d, e, f, g, h) := s in
    let t1 := h + Sigma1 e + choose e f g + fst constant_word + snd constant_word in
    let t2 := Sigma0 a + majority a b c in
    (wrap (t1 + t2), a, b, c, wrap (d + t1), e, f, g).

  Definition constants : list int := Eval vm_compute in map Uint63.of_Z Sha256.constants.

  Definition compress (s : state) (block : list int) : state :=
    let '(a, b, c, d, e, f, g, h) := s in
    let words := rev (schedule 48 (rev block)) in
    let '(a', b', c', d', e', f', g', h') := fold_left round (combine constants words) s in
    (wrap (a + a'), wrap (b + b'), wrap (c + c'), wrap (d + d'),
     wrap (e + e'), wrap (f + f'), wrap (g + g'), wrap (h + h')).

  Fixpoint blocks (fuel : nat) (s : state) (words : list int) : state :=
    match fuel, words with
    | S fuel, _ :: _ => blocks fuel (compress s (firstn 16 words)) (skipn 16 words)
    | _, _ => s
    end.

  Definition start : state :=
    Eval vm_compute in
      let '(a, b, c, d, e, f, g, h) := Sha256.start in
      (of_Z a, of_Z b, of_Z c, of_Z d, of_Z e, of_Z f, of_Z g, of_Z h).
End Words.

(** * It is the standard's *)

(** A word below 2^32 that stands for an integer. *)
Definition is_word (x : int) (z : Z) : Prop := toZ x = z /\ 0 <= z < 2 ^ 32.
(** A sum, of which the last 32 bits count. *)
Definition is_sum (x : int) (z : Z) : Prop := toZ x mod 2 ^ 32 = z mod 2 ^ 32.

Lemma wrap_mod z : Sha256.wrap z = z mod 2 ^ 32.
Proof. apply Z.land_ones; lia. Qed.

Lemma word_sum x z : is_word x z -> is_sum x z.
Proof. intros [<- _]; reflexivity. Qed.

Lemma sum_add x y a b : is_sum x a -> is_sum y b -> is_sum (x + y)%uint63 (a + b).
Proof.
  unfold is_sum; intros H H'; rewrite Uint63.add_spec.
  change wB with (2 ^ 32 * 2 ^ 31); rewrite Z.rem_mul_r by lia.
  rewrite Z.add_comm, Z.mul_comm, Z.add_comm, Z_mod_plus_full, Z.mod_mod by lia.
  now rewrite Z.add_mod, H, H', <- Z.add_mod by lia.
Qed.

Lemma wrap_word x z : is_sum x z -> is_word (wrap x) (Sha256.wrap z).
Proof.
  intros H; rewrite wrap_mod; split; [|apply Z.mod_pos_bound; lia]; unfold wrap; rewrite Uint63.land_spec'.
  change (toZ mask) with (Z.ones 32); rewrite Z.land_ones by lia; exact H.
Qed.

(** Bits of words. *)
Lemma below_bits z : 0 <= z < 2 ^ 32 <-> 0 <= z /\ forall i, 32 <= i -> Z.testbit z i = false.
Proof.
  split.
  - intros [H0 H]; split; [exact H0|]; intros i Hi; destruct (Z.eq_dec z 0) as [->|]; [apply Z.testbit_0_l|].
    apply Z.bits_above_log2; [exact H0|]; assert (Z.log2 z < 32) by (apply Z.log2_lt_pow2; lia); lia.
  - intros [H0 H]; split; [exact H0|]; destruct (Z.eq_dec z 0) as [->|]; [lia|].
    apply Z.log2_lt_pow2; [lia|]; destruct (Z.lt_ge_cases (Z.log2 z) 32) as [|Hge]; [assumption|].
    apply H in Hge; rewrite Z.bit_log2 in Hge by lia; discriminate.
Qed.

Lemma lxor_word x y a b : is_word x a -> is_word y b -> is_word (x lxor y)%uint63 (Z.lxor a b).
Proof.
  intros [<- Hx] [<- Hy]; split; [apply Uint63.lxor_spec'|]; apply below_bits in Hx, Hy; apply below_bits.
  destruct Hx as [Hx Hx'], Hy as [Hy Hy']; split; [apply Z.lxor_nonneg; lia|].
  intros i Hi; now rewrite Z.lxor_spec, Hx', Hy'.
Qed.

Lemma land_word x y a b : is_word x a -> is_word y b -> is_word (x land y)%uint63 (Z.land a b).
Proof.
  intros [<- Hx] [<- Hy]; split; [apply Uint63.land_spec'|]; apply below_bits in Hx, Hy; apply below_bits.
  destruct Hx as [Hx Hx'], Hy as [Hy Hy']; split; [apply Z.land_nonneg; lia|].
  intros i Hi; now rewrite Z.land_spec, Hx'.
Qed.

Lemma mask_word : is_word mask (Z.ones 32).
Proof. split; [reflexivity|]; change (Z.ones 32) with 4294967295; lia. Qed.

Lemma not_word x a : is_word x a -> is_word (mask lxor x)%uint63 (Z.ldiff (Z.ones 32) a).
Proof.
  intros H; assert (E : Z.ldiff (Z.ones 32) a = Z.lxor (Z.ones 32) a).
  { destruct H as [_ H]; apply below_bits in H; destruct H as [_ H]; apply Z.bits_inj'; intros i Hi.
    rewrite Z.ldiff_spec, Z.lxor_spec; destruct (Z.lt_ge_cases i 32) as [Hl|Hl].
    - rewrite Z.ones_spec_low by lia; now destruct (Z.testbit a i).
    - rewrite Z.ones_spec_high, H by lia; reflexivity. }
  rewrite E; now apply lxor_word; [apply mask_word|].
Qed.

Lemma shr_word k n x a : toZ k = n -> n < 32 -> is_word x a -> is_word (x >> k)%uint63 (Z.shiftr a n).
Proof.
  intros <- Hk [<- H]; generalize (Uint63.to_Z_bounded k); intros Hk0.
  split; [rewrite Uint63.lsr_spec, Z.shiftr_div_pow2 by lia; reflexivity|].
  rewrite Z.shiftr_div_pow2 by lia; assert (0 < 2 ^ toZ k) by (apply Z.pow_pos_nonneg; lia).
  split; [apply Z.div_pos; lia|]; apply Z.div_lt_upper_bound; nia.
Qed.

Lemma rotr_word k n x a : toZ k = n -> 2 <= n <= 32 -> is_word x a -> is_word (rotr k x) (Sha256.rotr n a).
Proof.
  intros <- Hk [<- H]; unfold rotr, Sha256.rotr; apply wrap_word; unfold is_sum; f_equal.
  assert (E : toZ (32 - k)%uint63 = 32 - toZ k).
  { rewrite Uint63.sub_spec; apply Z.mod_small; change (toZ 32) with 32; change wB with (2 ^ 63); lia. }
  rewrite Uint63.lor_spec', Uint63.lsr_spec, Uint63.lsl_spec, E.
  rewrite Z.shiftr_div_pow2, Z.shiftl_mul_pow2 by lia; f_equal; apply Z.mod_small.
  assert (2 ^ (32 - toZ k) <= 2 ^ 30) by (apply Z.pow_le_mono_r; lia).
  assert (0 < 2 ^ (32 - toZ k)) by (apply Z.pow_pos_nonneg; lia); change wB with (2 ^ 63); nia.
Qed.

Lemma xor3_word x y z a b c : is_word x a -> is_word y b -> is_word z c ->
  is_word (xor3 x y z) (Sha256.xor3 a b c).
Proof. intros; unfold xor3, Sha256.xor3; auto using lxor_word. Qed.

Local Ltac rotations :=
  intros H; apply xor3_word;
  (apply rotr_word || apply shr_word); first [exact H|reflexivity|lia].

Lemma Sigma0_word x a : is_word x a -> is_word (Sigma0 x) (Sha256.Sigma0 a). Proof. rotations. Qed.
Lemma Sigma1_word x a : is_word x a -> is_word (Sigma1 x) (Sha256.Sigma1 a). Proof. rotations. Qed.
Lemma sigma0_word x a : is_word x a -> is_word (sigma0 x) (Sha256.sigma0 a). Proof. rotations. Qed.
Lemma sigma1_word x a : is_word x a -> is_word (sigma1 x) (Sha256.sigma1 a). Proof. rotations. Qed.

Lemma choose_word x y z a b c : is_word x a -> is_word y b -> is_word z c ->
  is_word (choose x y z) (Sha256.choose a b c).
Proof. intros; unfold choose, Sha256.choose; auto using lxor_word, land_word, not_word. Qed.

Lemma majority_word x y z a b c : is_word x a -> is_word y b -> is_word z c ->
  is_word (majority x y z) (Sha256.majority a b c).
Proof. intros; unfold majority, Sha256.majority; auto using xor3_word, land_word. Qed.

Definition are_words (s : state) (t : Sha256.state) : Prop :=
  let '(a, b, c, d, e, f, g, h) := s in
  let '(a', b', c', d', e', f', g', h') := t in
  is_word a a' /\ is_word b b' /\ is_word c c' /\ is_word d d' /\ is_word e e' /\ is_word f f' /\ is_word g g' /\
  is_word h h'.

Local Ltac each_word := unfold are_words; repeat match goal with |- _ /\ _ => split end.
Local Ltac sums := repeat apply sum_add; apply word_sum;
  auto using Sigma0_word, Sigma1_word, sigma0_word, sigma1_word, choose_word, majority_word.

Lemma zero_word : is_word 0%uint63 0.
Proof. split; [reflexivity|lia]. Qed.

Lemma nth_word i l m : Forall2 is_word l m -> is_word (nth i l 0%uint63) (nth i m 0).
Proof. intros H; revert i; induction H; intros [|i]; simpl; auto using zero_word. Qed.

Lemma schedule_words k : forall l m, Forall2 is_word l m -> Forall2 is_word (schedule k l) (Sha256.schedule k m).
Proof.
  induction k as [|k IH]; intros l m H; [exact H|]; cbn [schedule Sha256.schedule]; apply IH.
  constructor; [|exact H]; apply wrap_word; repeat apply sum_add; apply word_sum;
    auto using sigma0_word, sigma1_word, nth_word.
Qed.

Lemma round_words s t c w : are_words s t -> is_word (fst c) (fst w) -> is_word (snd c) (snd w) ->
  are_words (round s c) (Sha256.round t w).
Proof.
  destruct s as [[[[[[[a b] c'] d] e] f] g] h], t as [[[[[[[a' b'] c''] d'] e'] f'] g'] h'].
  intros (Ha & Hb & Hc & Hd & He & Hf & Hg & Hh) H1 H2; unfold round, Sha256.round; cbv zeta.
  each_word; try assumption; apply wrap_word; sums.
Qed.

Lemma rounds_words cs ws : Forall2 (fun c w => is_word (fst c) (fst w) /\ is_word (snd c) (snd w)) cs ws ->
  forall s t, are_words s t -> are_words (fold_left round cs s) (fold_left Sha256.round ws t).
Proof. induction 1 as [|c w cs ws [H1 H2] _ IH]; intros s t H; simpl; [exact H|]; now apply IH, round_words. Qed.

Lemma combine_words l m l' m' : Forall2 is_word l m -> Forall2 is_word l' m' ->
  Forall2 (fun c w => is_word (fst c) (fst w) /\ is_word (snd c) (snd w)) (combine l l') (combine m m').
Proof.
  intros H; revert l' m'; induction H as [|x z l m Hx _ IH]; intros l' m' H'; simpl; [constructor|].
  destruct H'; constructor; auto.
Qed.

Lemma constants_words : Forall2 is_word constants Sha256.constants.
Proof. repeat constructor; discriminate. Qed.

Lemma start_words : are_words start Sha256.start.
Proof. cbn [are_words start Sha256.start]; each_word; split; try reflexivity; split; (reflexivity || discriminate). Qed.

Lemma rev_words l m : Forall2 is_word l m -> Forall2 is_word (rev l) (rev m).
Proof. induction 1; simpl; [constructor|]; apply Forall2_app; auto. Qed.

Lemma compress_words s t l m : are_words s t -> Forall2 is_word l m ->
  are_words (compress s l) (Sha256.compress t m).
Proof.
  intros H Hl; assert (Hr := rounds_words _ _ (combine_words _ _ _ _ constants_words
    (rev_words _ _ (schedule_words 48 _ _ (rev_words _ _ Hl)))) _ _ H).
  destruct s as [[[[[[[a b] c] d] e] f] g] h], t as [[[[[[[a' b'] c'] d'] e'] f'] g'] h'].
  unfold compress, Sha256.compress; cbv zeta; revert Hr.
  destruct (fold_left round _ _) as [[[[[[[x1 x2] x3] x4] x5] x6] x7] x8].
  destruct (fold_left Sha256.round _ _) as [[[[[[[y1 y2] y3] y4] y5] y6] y7] y8].
  intros (? & ? & ? & ? & ? & ? & ? & ?); destruct H as (? & ? & ? & ? & ? & ? & ? & ?).
  cbn [are_words]; each_word; apply wrap_word; sums.
Qed.

Lemma blocks_words fuel : forall s t l m, are_words s t -> Forall2 is_word l m ->
  are_words (blocks fuel s l) (Sha256.blocks fuel t m).
Proof.
  induction fuel as [|fuel IH]; intros s t l m H Hl; [exact H|]; cbn [blocks Sha256.blocks].
  destruct Hl as [|x z l m Hx Hl]; [exact H|]; assert (Hall : Forall2 is_word (x :: l) (z :: m)) by (now constructor).
  assert (Hf : forall k l m, Forall2 is_word l m -> Forall2 is_word (firstn k l) (firstn k m)).
  { clear; intros k l m H; revert k; induction H; intros [|k]; simpl; auto. }
  assert (Hs : forall k l m, Forall2 is_word l m -> Forall2 is_word (skipn k l) (skipn k m)).
  { clear; intros k l m H; revert k; induction H; intros [|k]; simpl; auto. }
  apply IH; auto using compress_words.
Qed.

(** Unless what is hashed are no bytes, so that its words are none. *)
Definition sha256_by_words (bytes : list Z) : Z :=
  let words := words_of (padded bytes) in
  if forallb (fun word => (0 <=? word) && (word <? 2 ^ 32))%bool words then
    let '(a, b, c, d, e, f, g, h) := blocks (List.length words) start (map Uint63.of_Z words) in
    fold_left (fun x word => 2 ^ 32 * x + word) (map toZ [a; b; c; d; e; f; g; h]) 0
  else Sha256.sha256 bytes.

Theorem sha256_by_words_correct bytes : sha256_by_words bytes = Sha256.sha256 bytes.
Proof.
  unfold sha256_by_words; cbv zeta; destruct (forallb _ _) eqn:E; [|reflexivity]; unfold Sha256.sha256; cbv zeta.
  assert (H : Forall2 is_word (map Uint63.of_Z (words_of (padded bytes))) (words_of (padded bytes))).
  { revert E; induction (words_of (padded bytes)) as [|z l IH]; simpl; [constructor|].
    rewrite !Bool.andb_true_iff, Z.leb_le, Z.ltb_lt; intros [Hz E]; constructor; [|now apply IH].
    split; [|exact Hz]; rewrite Uint63.of_Z_spec; apply Z.mod_small; change wB with (2 ^ 63); lia. }
  generalize (blocks_words (List.length (words_of (padded bytes))) _ _ _ _ start_words H).
  destruct (blocks _ _ _) as [[[[[[[a b] c] d] e] f] g] h].
  destruct (Sha256.blocks _ _ _) as [[[[[[[a' b'] c'] d'] e'] f'] g'] h'].
  intros ([Ha _] & [Hb _] & [Hc _] & [Hd _] & [He _] & [Hf _] & [Hg _] & [Hh _]).
  unfold map; now rewrite Ha, Hb, Hc, Hd, He, Hf, Hg, Hh.
Qed.
