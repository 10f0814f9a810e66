(** Functions of lists that need no stack, and that each is equal to the one that it stands in for.

    The lists of a file's bytes are some ten thousand long: longer than the stack of a browser's
    worker is deep. [Extract.v] puts these functions in the places of those. *)

Require Import List Lia.
Import ListNotations.

Section Lists.
  Context {A B : Type}.

  Definition rev_tail (l : list A) : list A := rev_append l [].

  Lemma rev_tail_is l : rev_tail l = rev l.
  Proof. symmetry; apply rev_alt. Qed.

  Definition length_tail (l : list A) : nat := fold_left (fun n _ => S n) l 0.

  Lemma length_tail_is l : length_tail l = length l.
  Proof.
    unfold length_tail; enough (H : forall n, fold_left (fun n _ => S n) l n = n + length l) by apply H.
    induction l as [|x l IH]; intros n; simpl; [lia|rewrite IH; lia].
  Qed.

  Definition app_tail (l m : list A) : list A := rev_append (rev_append l []) m.

  Lemma app_tail_is l m : app_tail l m = l ++ m.
  Proof. unfold app_tail; now rewrite !rev_append_rev, app_nil_r, rev_involutive. Qed.

  Fixpoint firstn_onto (n : nat) (l done : list A) : list A :=
    match n, l with S n, x :: l => firstn_onto n l (x :: done) | _, _ => rev_append done [] end.
  Definition firstn_tail (n : nat) (l : list A) : list A := firstn_onto n l [].

  Lemma firstn_tail_is n l : firstn_tail n l = firstn n l.
  Proof.
    unfold firstn_tail; enough (H : forall done, firstn_onto n l done = rev done ++ firstn n l) by apply H.
    revert l; induction n as [|n IH]; intros [|x l] done; simpl; try (rewrite rev_append_rev; reflexivity).
    rewrite IH; simpl; now rewrite <- app_assoc.
  Qed.

  Definition flat_map_tail (f : A -> list B) (l : list A) : list B :=
    rev_append (fold_left (fun done x => rev_append (f x) done) l []) [].

  Lemma flat_map_tail_is f l : flat_map_tail f l = flat_map f l.
  Proof.
    unfold flat_map_tail; rewrite rev_append_rev, app_nil_r.
    enough (H : forall done, rev (fold_left (fun done x => rev_append (f x) done) l done)
      = rev done ++ flat_map f l) by apply H.
    induction l as [|x l IH]; intros done; simpl; [now rewrite app_nil_r|].
    rewrite IH, rev_append_rev, rev_app_distr, rev_involutive; now rewrite <- app_assoc.
  Qed.
End Lists.
