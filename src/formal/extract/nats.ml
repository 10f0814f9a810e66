(* The natural numbers of Coq that are sizes. A sum or product that an integer of OCaml does not hold
   is an error: in JavaScript such integers have 32 bits. *)

exception Too_large

let succ n = if n = max_int then raise Too_large else n + 1
let pred n = if n = 0 then 0 else n - 1
let add a b = if a > max_int - b then raise Too_large else a + b
let mul a b = if b <> 0 && a > max_int / b then raise Too_large else a * b
let eqb (a : int) b = a = b
let leb (a : int) b = a <= b
let ltb (a : int) b = a < b
