(** A network with two tokens from the bytes of a safetensors file. To be read by people, like [TwoToken.v]; [Words.v]
    says what words of 32 bits mean, [Safetensors.v] what a file is. *)

Require Import ZArith Reals List String Bool.
Require Import TwoToken Words Safetensors.
Import ListNotations.
Local Open Scope string_scope.
Open Scope Z_scope.

(** Each tensor as in the file: row after row. Of biases, words that are not there are zero. *)
Record weights := Weights {
  n : nat; m : nat; o : nat;
  wL : list Z; wR : list Z; wU : list Z; bH : list Z; bU : list Z;
}.

Definition network_of (W : weights) : network := {|
  tokens := n W; neurons := m W; outputs := o W;
  left := entry (wL W) (m W);
  right := entry (wR W) (m W);
  hidden_bias := vector (bH W);
  unembed := entry (wU W) (o W);
  unembed_bias := vector (bU W);
|}.

(** The names of the literature. *)
Definition names : list string :=
  ["embedding_left"; "embedding_right"; "unembedding"; "hidden_bias"; "unembed_bias"].

(** The rows, columns and words of a matrix. Files have room for several networks: a first size is how many, and must
    be 1. *)
Definition find_matrix (F : file) (l : list tensor) (wanted : string) : option (Z * Z * list Z) :=
  match find F l wanted with
  | Some ([r; c], words) | Some ([1; r; c], words) => Some (r, c, words)
  | _ => None
  end.

(** The words of a bias; none where the file does not have it. *)
Definition find_vector (F : file) (l : list tensor) (wanted : string) (size : Z) : option (list Z) :=
  match find_bias F l wanted [1; size] with
  | Some words => Some words
  | None => find_bias F l wanted [size]
  end.

(** Whether the metadata are texts, none of which is a configuration: that might say that another network is meant. *)
Definition are_comments (metadata : list (string * json)) : bool :=
  match metadata with
  | [] => true
  | [(_, Fields l)] => forallb is_comment l && negb (existsb (is_named "config") l)
  | _ => false
  end.

(** The weights of a file that holds the three matrices, with fitting shapes, either of the two biases, and no other
    tensor: nothing in the file is left out. *)
Definition read (F : file) : option weights :=
  match entries F with
  | Some (metadata, l) =>
    match find_matrix F l "embedding_left", find_matrix F l "embedding_right", find_matrix F l "unembedding" with
    | Some (n, m, wL), Some (n1, m1, wR), Some (m2, o, wU) =>
      match find_vector F l "hidden_bias" m, find_vector F l "unembed_bias" o with
      | Some bH, Some bU =>
        if are_comments metadata && forallb (fun t => existsb (String.eqb (name t)) names) l
           && (total l =? Z.of_nat (List.length (words F)))
           && (n =? n1) && forallb (Z.eqb m) [m1; m2]
        then Some (Weights (size n) (size m) (size o) wL wR wU bH bU) else None
      | _, _ => None
      end
    | _, _, _ => None
    end
  | None => None
  end.
