(* The integers of Coq as those of Zarith. Coq divides by zero: the quotient is 0, the rest all. *)

type t = Z.t

let of_nat = Z.of_int
let opp = Z.neg
let add = Z.add
let sub = Z.sub
let mul = Z.mul
let div a b = if Z.sign b = 0 then Z.zero else Z.fdiv a b
let modulo a b = if Z.sign b = 0 then a else Z.sub a (Z.mul b (Z.fdiv a b))
let pow a b = if Z.sign b < 0 then Z.zero else Z.pow a (Z.to_int b)
let log2 a = if Z.sign a <= 0 then Z.zero else Z.of_int (Z.log2 a)
let eqb = Z.equal
let leb = Z.leq
let ltb = Z.lt
let shiftl a k = let k = Z.to_int k in if k >= 0 then Z.shift_left a k else Z.shift_right a (-k)
let shiftr a k = shiftl a (Z.neg k)
let land_ = Z.logand
let lor_ = Z.logor
let lxor_ = Z.logxor
let ldiff a b = Z.logand a (Z.lognot b)
let is_odd = Z.is_odd
let half a = Z.shift_right a 1
let to_int = Z.to_int (* raises Z.Overflow where it does not fit *)
let of_string = Z.of_string
let to_string = Z.to_string
