(* The proven checker on the command line: FILE [CLAIM] prints how many sequences are surely right,
   how many surely wrong and how many there are; exits with 1 unless the claim is confirmed. *)

open Checker

let bytes_of path =
  let channel = open_in_bin path in
  let text = really_input_string channel (in_channel_length channel) in
  close_in channel;
  List.rev (Seq.fold_left (fun list c -> Forms.of_nat (Char.code c) :: list) [] (String.to_seq text))

let rec finish p = if is_finished zNum p then p else finish (advance zNum p)

let () =
  match opened zNum usual (bytes_of Sys.argv.(1)) with
  | None ->
    prerr_endline (Sys.argv.(1) ^ ": these are not the bytes of a weights file that the checker reads");
    exit 1
  | Some begun ->
    let p = finish begun in
    let claim = if Array.length Sys.argv > 2 then Ints.of_string Sys.argv.(2) else p.surely_right in
    print_endline (String.concat " " (List.map Ints.to_string [p.surely_right; p.surely_wrong; all_sequences zNum p]));
    exit (if confirms zNum p claim then 0 else 1)
