(* What JavaScript calls: a function for each of Checker's, with its integers. *)

external give : string -> 'a -> unit = "checker_give"
external list_of : 'a -> Forms.t list = "checker_list"

open Checker

let () =
  give "open" (fun said -> opened zNum usual (list_of said));
  give "advance" (advance zNum);
  give "isFinished" (is_finished zNum);
  give "confirms" (confirms zNum);
  give "right" (fun p -> p.surely_right);
  give "wrong" (fun p -> p.surely_wrong);
  give "inputs" (all_sequences zNum);
  give "done" (fun p -> p.tokens_done);
  give "tokens" (fun p -> p.network.v)
