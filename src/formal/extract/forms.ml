(* How Coq builds its integers and takes them apart: from bits, and from a sign. *)

include Ints

let zero = of_nat 0
let one = of_nat 1
let two = of_nat 2
let succ p = add p one
let twice p = mul two p
let twice_and_one p = succ (twice p)
let max a b = if leb a b then b else a
let at_least_zero z = max zero z
let at_least_one z = max one z
let to_nat z = to_int (at_least_zero z)

let match_positive odd even first p =
  if leb p one then first () else if is_odd p then odd (half p) else even (half p)

let match_n of_zero of_positive n = if leb n zero then of_zero () else of_positive n

let match_z of_zero of_positive of_negative z =
  if eqb z zero then of_zero () else if ltb zero z then of_positive z else of_negative (opp z)
