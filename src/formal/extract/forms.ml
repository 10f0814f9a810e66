(* How Coq builds its integers, bit by bit, and what else it asks of them. *)

include Ints

let zero = of_nat 0
let one = of_nat 1
let two = of_nat 2
let succ p = add p one
let twice p = mul two p
let twice_and_one p = succ (twice p)
let max a b = if leb a b then b else a
let min a b = if leb a b then a else b
let at_least_zero z = max zero z
let at_least_one z = max one z
let to_nat z = to_int (at_least_zero z)
