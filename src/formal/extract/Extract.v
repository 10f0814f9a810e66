(** What becomes of the checker as a program: which types and functions of Coq are replaced by which
    of OCaml. All of it is trusted, so all of it is here; README.md says why it is right. *)

Require Import Tail.
Require Import ZArith List Ascii String PeanoNat.
Require Import Num Weights Checker Safetensors File Steps.
Require Import Extraction.

(** * Truth values, pairs, lists *)

Extract Inductive bool => bool [true false].
Extract Inductive unit => unit ["()"].
Extract Inductive option => option [Some None].
Extract Inductive list => list ["[]" "( :: )"].
Extract Inductive prod => "( * )" [""].
Extract Inlined Constant andb => "(&&)".
Extract Inlined Constant orb => "(||)".
Extract Inlined Constant negb => "not".
Extract Inlined Constant fst => "fst".
Extract Inlined Constant snd => "snd".

(** Each function of [Tail.v] stands in for the one that it is proven to be equal to. *)
Extract Inlined Constant List.rev => "rev_tail".
Extract Inlined Constant List.length => "length_tail".
Extract Inlined Constant app => "app_tail".
Extract Inlined Constant List.firstn => "firstn_tail".
Extract Inlined Constant List.flat_map => "flat_map_tail".

(** * Sizes: OCaml's own integers. Where a result would not fit, [Nats] fails. *)

Extract Inductive nat => int ["0" "Nats.succ"] "(fun zero succ n -> if n = 0 then zero () else succ (n - 1))".
Extract Inlined Constant Init.Nat.add => "Nats.add".
Extract Inlined Constant Init.Nat.mul => "Nats.mul".
Extract Inlined Constant Init.Nat.pred => "Nats.pred".
Extract Inlined Constant Nat.eqb => "Nats.eqb".
Extract Inlined Constant Nat.leb => "Nats.leb".
Extract Inlined Constant Nat.ltb => "Nats.ltb".

(** * Integers: those of [Ints], as large as they get *)

Extract Inductive BinNums.positive => "Forms.t" ["Forms.twice_and_one" "Forms.twice" "Forms.one"]
  "(fun odd even one p -> if Forms.leb p Forms.one then one ()
    else if Forms.is_odd p then odd (Forms.half p) else even (Forms.half p))".
Extract Inductive N => "Forms.t" ["Forms.zero" ""]
  "(fun zero positive n -> if Forms.leb n Forms.zero then zero () else positive n)".
Extract Inductive Z => "Forms.t" ["Forms.zero" "" "Forms.opp"]
  "(fun zero positive negative z -> if Forms.eqb z Forms.zero then zero ()
    else if Forms.leb Forms.zero z then positive z else negative (Forms.opp z))".
Extract Inlined Constant Pos.succ => "Forms.succ".
Extract Inlined Constant Z.of_nat => "Forms.of_nat".
Extract Inlined Constant Z.to_nat => "Forms.to_nat".
Extract Inlined Constant Z.of_N => "(fun n -> n)".
Extract Inlined Constant Z.to_N => "Forms.at_least_zero".
Extract Inlined Constant Z.to_pos => "Forms.at_least_one".
Extract Inlined Constant Z.add => "Forms.add".
Extract Inlined Constant Z.sub => "Forms.sub".
Extract Inlined Constant Z.opp => "Forms.opp".
Extract Inlined Constant Z.mul => "Forms.mul".
Extract Inlined Constant Z.div => "Forms.div".
Extract Inlined Constant Z.modulo => "Forms.modulo".
Extract Inlined Constant Z.pow => "Forms.pow".
Extract Inlined Constant Z.max => "Forms.max".
Extract Inlined Constant Z.min => "Forms.min".
Extract Inlined Constant Z.eqb => "Forms.eqb".
Extract Inlined Constant Z.leb => "Forms.leb".
Extract Inlined Constant Z.ltb => "Forms.ltb".
Extract Inlined Constant Z.shiftl => "Forms.shiftl".
Extract Inlined Constant Z.shiftr => "Forms.shiftr".
Extract Inlined Constant Z.land => "Forms.land_".
Extract Inlined Constant Z.lor => "Forms.lor_".
Extract Inlined Constant Z.lxor => "Forms.lxor_".
Extract Inlined Constant Z.ldiff => "Forms.ldiff".
Extract Inlined Constant Z.log2 => "Forms.log2".

Extraction "checker.ml"
  rev_tail length_tail app_tail firstn_tail flat_map_tail
  ZNum opened advance all_sequences is_finished confirms usual.
