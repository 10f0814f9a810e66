(** Whether a table is that of a group, to compute. *)

Require Import List Arith Bool Lia.
Require Import TwoToken.
Import ListNotations.

Section Group.
  Variable n : nat.
  Variable T : table.

  Definition all (P : nat -> bool) : bool := forallb P (seq 0 n).

  Lemma all_spec P : all P = true <-> forall x, x < n -> P x = true.
  Proof. unfold all; rewrite forallb_forall; split; intros H x Hx; apply H; rewrite in_seq in *; lia. Qed.

  Definition is_row (row : list nat) : bool := (length row =? n) && forallb (fun z => z <? n) row.

  Fixpoint same (a b : list nat) : bool :=
    match a, b with
    | [], [] => true
    | x :: a, y :: b => if x =? y then same a b else false
    | _, _ => false
    end.

  Lemma same_correct a b : same a b = true -> a = b.
  Proof.
    revert b; induction a as [|x a IH]; intros [|y b]; try discriminate; [reflexivity|]; simpl.
    destruct (Nat.eqb_spec x y) as [->|]; [|discriminate]; intros H; now rewrite (IH b H).
  Qed.

  (** Row by row: [(x y) z] for all [z] is a row of the table. *)
  Definition is_associative : bool :=
    let against (row_x : list nat) (its : nat * list nat) :=
      let (xy, row_y) := its in same (nth xy T []) (map (fun yz => nth yz row_x 0) row_y) in
    forallb (fun row_x => forallb (against row_x) (combine row_x T)) T.

  Definition is_identity (e : nat) : bool := all (fun x => (product T e x =? x) && (product T x e =? x)).
  Definition has_inverses (e : nat) : bool :=
    all (fun x => existsb (fun y => (product T x y =? e) && (product T y x =? e)) (seq 0 n)).

  Definition is_groupb : bool :=
    (length T =? n) && forallb is_row T && is_associative
    && match find is_identity (seq 0 n) with Some e => has_inverses e | None => false end.

  Theorem is_groupb_correct : is_groupb = true -> is_group n T.
  Proof.
    unfold is_groupb; rewrite !andb_true_iff, Nat.eqb_eq, forallb_forall; intros [[[Hl Hr] Ha] He].
    assert (Hrow : forall x, x < n -> In (nth x T []) T /\ length (nth x T []) = n /\
      forall z, In z (nth x T []) -> z < n).
    { intros x Hx; assert (Hin : In (nth x T []) T) by (apply nth_In; lia); split; [exact Hin|].
      apply Hr in Hin; unfold is_row in Hin; rewrite andb_true_iff, Nat.eqb_eq, forallb_forall in Hin.
      destruct Hin as [Hn Hz]; split; [exact Hn|]; intros z H; now apply Nat.ltb_lt, Hz. }
    assert (Hp : forall x y, x < n -> y < n -> product T x y < n).
    { intros x y Hx Hy; destruct (Hrow x Hx) as (_ & Hn & H); apply H, nth_In; lia. }
    repeat split; [auto| |].
    - intros x Hx y Hy z Hz; destruct (Hrow x Hx) as (Hin & Hn & _), (Hrow y Hy) as (_ & Hny & _).
      unfold is_associative in Ha; rewrite forallb_forall in Ha; specialize (Ha _ Hin); rewrite forallb_forall in Ha.
      specialize (Ha (product T x y, nth y T [])); cbv beta iota in Ha.
      assert (Hc : In (product T x y, nth y T []) (combine (nth x T []) T)).
      { unfold product; rewrite <- combine_nth by lia; apply nth_In; rewrite combine_length; lia. }
      apply Ha, same_correct in Hc; unfold product at 1; rewrite Hc.
      rewrite (nth_indep _ 0 (nth 0 (nth x T []) 0)) by (rewrite map_length; lia).
      now rewrite (map_nth (fun yz => nth yz (nth x T []) 0)).
    - destruct (find _ _) as [e|] eqn:E; [|discriminate]; apply find_some in E; destruct E as [Hin Hid].
      exists e; split; [apply in_seq in Hin; lia|]; split.
      + unfold is_identity in Hid; rewrite all_spec in Hid; intros x Hx; apply Hid in Hx.
        now rewrite andb_true_iff, !Nat.eqb_eq in Hx.
      + unfold has_inverses in He; rewrite all_spec in He; intros x Hx; apply He, existsb_exists in Hx.
        destruct Hx as (y & Hy & H); rewrite andb_true_iff, !Nat.eqb_eq in H; exists y; apply in_seq in Hy.
        repeat split; [lia|tauto|tauto].
  Qed.
End Group.
