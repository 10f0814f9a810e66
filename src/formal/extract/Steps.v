(** The checker step by step, from the bytes of a file to the count, so that a page can show how far
    it is: one step for each token that can come last. [steps_correct] is the theorem that the
    extracted program rests on. *)

Require Import ZArith Reals Lra Lia List Bool Ascii String.
Require Import Model Num Weights Explore Checker Sha256 Safetensors File.
Import ListNotations.
Open Scope Z_scope.

(** * The file of given bytes *)

Fixpoint same (a b : list Z) : bool :=
  match a, b with
  | [], [] => true
  | x :: a, y :: b => if x =? y then same a b else false
  | _, _ => false
  end.

Lemma same_correct a b : same a b = true -> a = b.
Proof.
  revert b; induction a as [|x a IH]; intros [|y b]; try discriminate; [reflexivity|]; simpl.
  destruct (Z.eqb_spec x y) as [->|]; [|discriminate]; intros H; now rewrite (IH b H).
Qed.

(** The number that bytes stand for, the least significant byte first. *)
Definition number_of (bytes : list Z) : Z := big_endian (rev bytes).

Fixpoint words_at (bytes done : list Z) : list Z :=
  match bytes with
  | a :: b :: c :: d :: more => words_at more (number_of [a; b; c; d] :: done)
  | _ => rev done
  end.

(** The header and the words in the bytes of a safetensors file; [None] unless the bytes are exactly
    those of the file. *)
Definition file_of (said : list Z) : option file :=
  let rest := skipn 8 said in
  let size := number_of (firstn 8 said) in
  if size <? Z.of_nat (List.length said) then
    let size := Z.to_nat size in
    let letters := map (fun byte => ascii_of_N (Z.to_N byte)) (firstn size rest) in
    let F := File (string_of_list_ascii letters) (words_at (skipn size rest) []) in
    if same (bytes F) said then Some F else None
  else None.

Lemma file_of_correct said F : file_of said = Some F -> bytes F = said.
Proof.
  unfold file_of; cbv zeta; destruct (_ <? _); [|discriminate].
  destruct (same _ said) eqn:E; [|discriminate]; intros H; injection H; intros <-; now apply same_correct.
Qed.

(** * Settings *)

(** The fewest bits after the point that hold all numbers exactly: what [f32_scaled] leaves above
    the lowest bit of any of them. *)
Definition bits_of (W : weights) : nat :=
  let one tensor any := fold_left (fun any w => Z.lor any (f32_scaled w)) tensor any in
  let any := fold_left (fun any tensor => one tensor any) (tensors W) 0 in
  if any =? 0 then 0%nat else Z.to_nat (149 - Z.log2 (Z.land any (- any))).

(** Settings that derive the exact count of a short context, and a bound for a long one. No setting
    can make what is derived untrue. *)
Definition usual (W : weights) : settings :=
  let is_short := (n W <=? 5)%nat in
  {| bits := bits_of W; point := 180; terms := 18; squarings := 14;
     depth := if is_short then pred (n W) else 0; tilts := if is_short then [] else [2; 4; 8; 16; 32];
     bins := if is_short then 0 else 256; worth := Z.of_nat (v W) ^ Z.of_nat (n W) / 2 ^ 30 |}.

(** * Steps *)

Section Steps.
  Context (O : ops) (how : weights -> settings).

  (** What is known after some steps: of the tokens, so many are done, and of the sequences that end
      with one of them, so many are surely right, and so many surely wrong. *)
  Record progress := Progress {
    network : weights;
    as_set : settings;
    made : tables (O := O);
    tokens_done : nat;
    surely_right : Z;
    surely_wrong : Z;
  }.

  (** At the start; [None] if the bytes are not those of a file with a network, or the settings do
      not hold all of its weights exactly. *)
  Definition opened (said : list Z) : option progress :=
    match file_of said with
    | Some F =>
      match read F with
      | Some W =>
        let X := how W in
        if well_formed W && forallb (exact (bits X)) (tensors W)
        then Some (Progress W X (make_tables W X) 0 0 0)
        else None
      | None => None
      end
    | None => None
    end.

  Definition all_sequences (p : progress) : Z := Z.of_nat (v (network p)) ^ Z.of_nat (n (network p)).
  Definition is_finished (p : progress) : bool := (tokens_done p =? v (network p))%nat.

  Definition advance (p : progress) : progress :=
    if is_finished p then p
    else
      let (more_right, more_wrong) := check_query (network p) (as_set p) (made p) (tokens_done p) in
      Progress (network p) (as_set p) (made p) (S (tokens_done p))
        (surely_right p + more_right) (surely_wrong p + more_wrong).

  (** Whether all is done, and at least [claimed] sequences are right. *)
  Definition confirms (p : progress) (claimed : Z) : bool := is_finished p && (claimed <=? surely_right p).

  Definition so_far (W : weights) (p : progress) : Prop :=
    let X := how W in
    network p = W /\ as_set p = X /\ made p = make_tables (O := O) W X /\
    (surely_right p, surely_wrong p) = sum2 (tokens_done p) (check_query W X (make_tables (O := O) W X)).

  Lemma advance_so_far W p : so_far W p -> so_far W (advance p).
  Proof.
    intros (Hn & HX & Hm & H); unfold advance; destruct (is_finished p); [now repeat split|].
    destruct (check_query _ _ _ _) as [r w] eqn:E; repeat split; try assumption.
    cbn [surely_right surely_wrong tokens_done]; rewrite Hn, HX, Hm in E; simpl sum2; now rewrite <- H, E.
  Qed.

  (** Whatever the settings and however many steps are made: if the last confirms a claim, it is true
      of the network in the file with just these bytes. *)
  Theorem steps_correct said begun k claimed :
    opened said = Some begun ->
    let p := Nat.iter k advance begun in
    confirms p claimed = true ->
    exists F W, bytes F = said /\ read F = Some W /\
      let all := Z.of_nat (v W) ^ Z.of_nat (n W) in
      all_sequences p = all /\ claimed <= surely_right p /\
      surely_right p <= Z.of_nat (count_correct (model_of W)) <= all - surely_wrong p.
  Proof.
    intros H p Hc; unfold opened in H.
    destruct (file_of said) as [F|] eqn:HF; [|discriminate]; destruct (read F) as [W|] eqn:HW; [|discriminate].
    destruct (well_formed W && _) eqn:Hall; [|discriminate]; injection H; clear H; intros H.
    assert (Hp : so_far W p).
    { unfold p; clear p Hc; induction k as [|k IH]; [|now apply advance_so_far].
      simpl; rewrite <- H; repeat split; reflexivity. }
    unfold confirms in Hc; apply andb_true_iff in Hc; destruct Hc as [Hd Hc].
    destruct Hp as (Hn & _ & _ & Hs); unfold is_finished in Hd; apply Nat.eqb_eq in Hd; rewrite Hn in Hd.
    exists F, W; split; [now apply file_of_correct|]; split; [exact HW|].
    cbv zeta; unfold all_sequences; rewrite Hn; split; [reflexivity|].
    apply Z.leb_le in Hc; split; [exact Hc|].
    apply (check_correct O (how W) W); unfold check; rewrite Hall, Hs, Hd; reflexivity.
  Qed.

  (** The same as a statement about the accuracy. *)
  Corollary accuracy_confirmed said begun k claimed :
    opened said = Some begun ->
    let p := Nat.iter k advance begun in
    confirms p claimed = true -> 0 < all_sequences p ->
    exists F W, bytes F = said /\ read F = Some W /\
      (IZR claimed / IZR (all_sequences p) <= accuracy (model_of W))%R.
  Proof.
    intros H p Hc Hv.
    destruct (steps_correct said begun k claimed H Hc) as (F & W & HF & HW & Ht & Hl & Hr).
    fold p in Hl, Hr, Ht; exists F, W; split; [exact HF|]; split; [exact HW|].
    unfold accuracy; rewrite INR_IZR_INZ, (INR_IZR_INZ (_ ^ _)%nat); change (vocab (model_of W)) with (v W);
      change (ctx (model_of W)) with (n W).
    rewrite Nat2Z.inj_pow, <- Ht.
    apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat, IZR_lt|apply IZR_le; lia].
  Qed.
End Steps.
