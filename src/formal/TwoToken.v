(** The statement about group operations, to be read by people: a network with two tokens and one hidden layer, what
    it computes in exact real arithmetic, a finite group, when the network is right about a product in it, and its
    accuracy. Nothing in this file is proven but that its definitions mean what they say. *)

Require Import Reals List Arith Lia Lra FinFun.
Require Import Sums.
Import ListNotations.
Open Scope R_scope.

(** [U] has a row for each neuron, as in files. *)
Record network := Network {
  tokens : nat;                 (* n, on either side *)
  neurons : nat;                (* m *)
  outputs : nat;                (* o *)
  left : nat -> nat -> R;       (* L, [n, m] *)
  right : nat -> nat -> R;      (* R, [n, m] *)
  hidden_bias : nat -> R;       (* b, [m] *)
  unembed : nat -> nat -> R;    (* U, [m, o] *)
  unembed_bias : nat -> R;      (* β, [o] *)
}.

Section Forward.
  Variable N : network.
  (** The two tokens. *)
  Variables x y : nat.

  (** What neuron [i] gives. *)
  Definition relu (a : R) : R := Rmax 0 a.
  Definition active (i : nat) : R := relu (left N x i + right N y i + hidden_bias N i).
  Definition logit (z : nat) : R := sum (neurons N) (fun i => active i * unembed N i z) + unembed_bias N z.
End Forward.

(** A Cayley table: row [x] has the products [x * y]. *)
Definition table := list (list nat).
Definition product (T : table) (x y : nat) : nat := nth y (nth x T []) 0%nat.

(** The table is that of a group whose elements are the numbers below [n]. *)
Definition is_group (n : nat) (T : table) : Prop :=
  let below (P : nat -> Prop) := forall x, (x < n)%nat -> P x in
  below (fun x => below (fun y => (product T x y < n)%nat)) /\
  below (fun x => below (fun y => below (fun z => product T (product T x y) z = product T x (product T y z)))) /\
  exists e, (e < n)%nat /\ below (fun x => product T e x = x /\ product T x e = x) /\
    below (fun x => exists y, (y < n)%nat /\ product T x y = e /\ product T y x = e).

(** The logit of the product exceeds every other: a tie is wrong. *)
Definition correct (N : network) (T : table) (input : nat * nat) : Prop :=
  let (x, y) := input in
  (product T x y < outputs N)%nat /\
  forall z, (z < outputs N)%nat -> z <> product T x y -> logit N x y z < logit N x y (product T x y).

(** All pairs of tokens, each once. *)
Definition inputs (N : network) : list (nat * nat) := list_prod (seq 0 (tokens N)) (seq 0 (tokens N)).

Lemma inputs_iff N x y : In (x, y) (inputs N) <-> (x < tokens N)%nat /\ (y < tokens N)%nat.
Proof. unfold inputs; rewrite in_prod_iff, !in_seq; lia. Qed.

Lemma inputs_length N : length (inputs N) = (tokens N ^ 2)%nat.
Proof. unfold inputs; rewrite prod_length, seq_length; simpl; lia. Qed.

Lemma inputs_NoDup N : NoDup (inputs N).
Proof.
  unfold inputs; assert (Hy := seq_NoDup (tokens N) 0); revert Hy; generalize (seq 0 (tokens N)) at 1 3; intros ys Hy.
  induction (seq_NoDup (tokens N) 0) as [|x xs Hx _ IH]; simpl; [constructor|].
  assert (Hd : forall p, In p (map (pair x) ys) -> ~ In p (list_prod xs ys)).
  { intros p Hp H; apply in_map_iff in Hp; destruct Hp as (y & <- & _); apply in_prod_iff in H; tauto. }
  assert (Hm : NoDup (map (pair x) ys)) by (apply Injective_map_NoDup; [intros a b H; now injection H|assumption]).
  change (fun y => (x, y)) with (@pair nat nat x).
  revert Hd; induction Hm as [|p ps Hp Hm IHm]; intros Hd; simpl; [assumption|]; constructor.
  - rewrite in_app_iff; intros [H|H]; [contradiction|]; apply (Hd p); simpl; auto.
  - apply IHm; intros q Hq; apply Hd; now right.
Qed.

Definition correctb (N : network) (T : table) (input : nat * nat) : bool :=
  let (x, y) := input in
  (product T x y <? outputs N)%nat && forallb
    (fun z => (z =? product T x y)%nat || Rltb (logit N x y z) (logit N x y (product T x y)))%bool (seq 0 (outputs N)).

Lemma correctb_iff N T input : correctb N T input = true <-> correct N T input.
Proof.
  destruct input as [x y]; unfold correctb, correct; rewrite Bool.andb_true_iff, Nat.ltb_lt, forallb_forall.
  split; intros [Hp H]; (split; [exact Hp|]); intros z.
  - intros Hz Hne; specialize (H z); rewrite in_seq, Bool.orb_true_iff, Nat.eqb_eq in H.
    unfold Rltb in H; destruct (Rlt_dec _ _); [assumption|]; destruct H as [E|E]; [lia|contradiction|discriminate].
  - intros Hz; apply in_seq in Hz; destruct (Nat.eqb_spec z (product T x y)); [reflexivity|]; simpl.
    unfold Rltb; destruct (Rlt_dec _ _) as [|Hn]; [reflexivity|]; exfalso; apply Hn, H; [lia|assumption].
Qed.

(** How many of all inputs are answered correctly, and the accuracy. *)
Definition count_correct (N : network) (T : table) : nat := length (filter (correctb N T) (inputs N)).
Definition accuracy (N : network) (T : table) : R := INR (count_correct N T) / INR (tokens N ^ 2).
