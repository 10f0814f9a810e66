(** How many sequences of a cell are right at least, by how many each rival may win at most.

    Where tilting leaves more than [worth] sequences to a rival, they are counted on a grid of [bins], if any. *)

Require Import ZArith Lia List Bool Arith.
Require Import Model Count Num Rivals Grid Powers Tilt.
Import ListNotations.
Open Scope Z_scope.

Section Counting.
  Context {O : ops}.
  Notation rival := (rival (O := O)).

  Variable m : nat.
  Variable margin : num O.
  Variable T : powers (O := O).
  Hypothesis T_made : T = make_powers.
  Variable tilts : list Z.
  Variables bins worth : Z.

  Definition lost_at_most (k : nat) (seen : bool) (r : rival) : Z :=
    let tilted := bound m margin T tilts k seen r in
    if (0 <? bins) && (worth <? tilted) then Z.min tilted (on_grid m margin bins k seen r) else tilted.

  Lemma lost_at_most_correct k seen r : wf m k (snd r) -> not_lost m margin k seen r <= lost_at_most k seen r.
  Proof.
    intros H; unfold lost_at_most; assert (Hb := bound_correct m margin T T_made tilts k seen r H).
    destruct (_ && _)%bool; [|assumption]; apply Z.min_glb; [assumption|now apply on_grid_correct].
  Qed.

  Definition right_by_counting (k : nat) (seen : bool) (rivals : list rival) : Z :=
    match tilts with
    | [] => 0
    | _ => Z.max 0 (cell_size seen m k - fold_right (fun r sum => lost_at_most k seen r + sum) 0 rivals)
    end.

  Theorem right_by_counting_correct k seen rivals : all_wf m k rivals ->
    right_by_counting k seen rivals <= count (fun x => in_cell seen m x && right margin rivals x) (sequences (S m) k).
  Proof.
    intros Hr; set (N := count _ _); assert (HN : 0 <= N) by apply count_nonneg.
    assert (H : cell_size seen m k <= N + fold_right (fun r sum => lost_at_most k seen r + sum) 0 rivals).
    { unfold N; clear N HN; rewrite <- cell_size_correct; induction rivals as [|r rivals IH]; simpl.
      - rewrite Z.add_0_r; apply count_le; intros x _ Hx; now rewrite Hx.
      - assert (Hb := lost_at_most_correct k seen r (Hr r (or_introl eq_refl))).
        assert (IH' := IH (fun r' H => Hr r' (or_intror H))).
        apply Z.le_trans with (1 := IH').
        rewrite (count_split (fun x => in_cell seen m x && right margin rivals x)%bool (fun x => loses margin x r)).
        assert (H1 : count (fun x => loses margin x r && (in_cell seen m x && right margin rivals x))%bool
          (sequences (S m) k)
          <= count (fun x => in_cell seen m x && right margin (r :: rivals) x)%bool (sequences (S m) k)).
        { apply count_le; intros x _; unfold right; cbn [forallb].
          destruct (loses margin x r), (in_cell seen m x); cbn [andb]; trivial; discriminate. }
        assert (H2 : count (fun x => negb (loses margin x r) && (in_cell seen m x && right margin rivals x))%bool
          (sequences (S m) k)
          <= not_lost m margin k seen r).
        { apply count_le; intros x _.
          destruct (loses margin x r), (in_cell seen m x); cbn [andb negb]; trivial; discriminate. }
        revert Hb H1 H2; generalize (lost_at_most k seen r); unfold right; cbn [forallb]; intros; lia. }
    unfold right_by_counting; destruct tilts; lia.
  Qed.
End Counting.
