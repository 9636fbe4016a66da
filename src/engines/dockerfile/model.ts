/**
 * The facts of a Dockerfile as types: all of this engine that checks may import. The language is Docker's own
 * (Dockerfile reference, and BuildKit's dockerfile2llb for what the reference leaves open).
 *
 * Offsets count UTF-16 units of the text as it was read, a byte order mark included; lines and columns count from 1.
 */

import type { Evidence, Gap } from "../../core/evidence.ts";
import type { ImageName } from "../../core/image-name.ts";

export type { ImageName };

/** A stretch of the file. `line` and `column` are of its start. */
export interface SourceRange {
  readonly start: number;
  /** The offset behind its last character. */
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** One argument as Docker splits them: quotes removed, variables expanded where Docker expands them. */
export interface Word {
  /** As written. A line continuation within the word is left out. */
  readonly raw: string;
  /** Without quotes and escapes; variables stay as they are written. */
  readonly text: string;
  /** With variables expanded by what the file alone says; absent where that is not enough. */
  readonly value?: string;
  /**
   * The value; where that is absent, what a build makes of it to which nobody gives what may be given, and whose base
   * image sets nothing: `${USER:-root}`. Absent where that is not known either.
   */
  readonly stated?: string;
  /** Docker refuses it (`refused`), or it is nested too deeply to be read (`deep`). */
  readonly failure?: "refused" | "deep";
  /** Names of all variables in it, in order. */
  readonly variables: readonly string[];
  /** It rests on a variable over which builders differ: value and text are BuildKit's. */
  readonly disputed?: true;
  readonly range: SourceRange;
}

/** `--name=value` before the arguments of an instruction; `--link` has no value. */
export interface Flag {
  readonly name: string;
  readonly value?: Word;
  readonly range: SourceRange;
}

export interface Comment {
  /** Behind the `#`, trimmed. */
  readonly text: string;
  readonly range: SourceRange;
}

/** `# escape=` and its like, at the top of the file. */
export interface Directive {
  readonly name: "syntax" | "escape" | "check";
  readonly value: string;
  readonly range: SourceRange;
}

export interface Heredoc {
  readonly name: string;
  /** `<<-`: leading tabs are taken off. */
  readonly stripsTabs: boolean;
  /** False where its name is quoted: variables in it stay. */
  readonly expands: boolean;
  /** The lines between, as written. */
  readonly text: string;
  readonly range: SourceRange;
}

/** What a stage starts from, or what COPY and `RUN --mount` read from. */
export type Origin =
  | { readonly kind: "scratch" }
  | { readonly kind: "stage"; readonly index: number }
  | { readonly kind: "image"; readonly name: ImageName }
  /** It holds a variable that the file alone does not decide. */
  | { readonly kind: "unknown"; readonly text: string };

export type CommandForm =
  /** A JSON array: no shell reads it. */
  | { readonly kind: "exec"; readonly words: readonly Word[]; readonly range: SourceRange }
  | { readonly kind: "shell"; readonly text: string; readonly range: SourceRange };

/** Who reads the shell form. `posix` alone is taken apart; what others run is not known. */
export type ShellKind = "posix" | "powershell" | "cmd" | "other";

interface InstructionBase {
  /** From its keyword to the end of its last line or heredoc, without the line end. */
  readonly range: SourceRange;
  readonly keywordRange: SourceRange;
  /** All behind the keyword, as one line. */
  readonly text: string;
  readonly flags: readonly Flag[];
  readonly heredocs: readonly Heredoc[];
  /** Comment lines within it. */
  readonly comments: readonly Comment[];
  /** Index of its stage; absent before the first FROM. */
  readonly stage?: number;
  /** It stands within an ONBUILD. */
  readonly onbuild: boolean;
}

export interface FromInstruction extends InstructionBase {
  readonly keyword: "FROM";
  readonly image: Word;
  readonly platform?: Word;
  readonly alias?: Word;
  readonly origin: Origin;
}

/** One `name=value` of ARG, ENV or LABEL. */
export interface Pair {
  readonly name: Word;
  readonly value?: Word;
  readonly range: SourceRange;
}

export interface PairsInstruction extends InstructionBase {
  readonly keyword: "ARG" | "ENV" | "LABEL";
  /** `ENV name value` without `=`. */
  readonly legacy: boolean;
  readonly pairs: readonly Pair[];
}

/** `--mount=type=secret,id=token`. */
export interface Mount {
  /** `bind` where none is named. */
  readonly type: string;
  /** By key in lower case: `target` also for `dst` and `destination`, `source` for `src`; a bare key has "". */
  readonly options: ReadonlyMap<string, string>;
  readonly from?: Origin;
  readonly range: SourceRange;
}

export interface CommandInstruction extends InstructionBase {
  readonly keyword: "RUN" | "CMD" | "ENTRYPOINT";
  readonly form: CommandForm;
  readonly shell: ShellKind;
  /** What it runs, nested ones included; empty where it was not taken apart. */
  readonly commands: readonly ShellCommand[];
  /** Of RUN. */
  readonly mounts: readonly Mount[];
}

export interface HealthcheckInstruction extends InstructionBase {
  readonly keyword: "HEALTHCHECK";
  /** Absent: `HEALTHCHECK NONE`. */
  readonly form?: CommandForm;
  readonly commands: readonly ShellCommand[];
}

export interface TransferInstruction extends InstructionBase {
  readonly keyword: "COPY" | "ADD";
  /** Heredocs are among `heredocs`, not here. */
  readonly sources: readonly Word[];
  readonly destination: Word;
  /** `--from` of COPY. */
  readonly from?: Origin;
}

/** Instructions of plain words: ports, paths, a user, a signal, a name. */
export interface WordsInstruction extends InstructionBase {
  readonly keyword: "EXPOSE" | "USER" | "WORKDIR" | "VOLUME" | "STOPSIGNAL" | "SHELL" | "MAINTAINER";
  readonly words: readonly Word[];
}

export interface OnbuildInstruction extends InstructionBase {
  readonly keyword: "ONBUILD";
  readonly instruction: Instruction;
}

/** Nothing that Docker knows, or one whose arguments it refuses; there is a problem about it. */
export interface BrokenInstruction extends InstructionBase {
  readonly keyword: "broken";
}

export type Instruction =
  | FromInstruction
  | PairsInstruction
  | CommandInstruction
  | HealthcheckInstruction
  | TransferInstruction
  | WordsInstruction
  | OnbuildInstruction
  | BrokenInstruction;

export interface Stage {
  readonly index: number;
  /** The alias in lower case, as Docker compares it. */
  readonly name?: string;
  readonly from: FromInstruction;
  /** Without the FROM; with it they are in the order of the file. ONBUILD's are within their ONBUILD. */
  readonly instructions: readonly Instruction[];
  /**
   * What ONBUILD of the stage that it begins from triggers before them, as it reads in this stage. They are not among
   * the file's instructions.
   */
  readonly triggered: readonly Instruction[];
  /** Indexes of the stages that it is built on or takes files from. */
  readonly uses: readonly number[];
  /** The last stage needs it, or is it. What else there is, is built only when asked for. */
  readonly needed: boolean;
}

/**
 * What Docker would refuse (`refused`), what was not taken apart (`unread`), or what may be read in another way, so that
 * more than this place rests on it (`unsure`).
 */
export interface DockerfileProblem {
  readonly kind: "refused" | "unread" | "unsure";
  /** `dockerfile.unknown-instruction`, `dockerfile.shell`; `dockerfile.template` of each line that makes the file a template. */
  readonly code: string;
  readonly reason: string;
  readonly range: SourceRange;
}

/** A piece of the file between line starts. The pieces in their order are the whole text. */
export interface Piece {
  readonly kind: "blank" | "comment" | "directive" | "instruction";
  readonly start: number;
  readonly end: number;
}

export interface Dockerfile {
  /** Relative to the folder that is judged; its name in reports. */
  readonly path: string;
  /** Of one that stands in another file: that file, the line that its first line is, and the columns before each line. */
  readonly within?: { readonly path: string; readonly line: number; readonly indent: number };
  readonly text: string;
  /** What whoever builds it gives for ARGs before the first FROM that have no default, by name; absent where there is none. */
  readonly given?: ReadonlyMap<string, string>;
  readonly pieces: readonly Piece[];
  readonly directives: readonly Directive[];
  /** Those between instructions. */
  readonly comments: readonly Comment[];
  /** Of the whole file, in order; what ONBUILD holds is within it. */
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
  readonly problems: readonly DockerfileProblem[];
}

/** A piece of a word that the shell fills in. */
export interface Expansion {
  readonly kind: "parameter" | "command" | "process" | "arithmetic";
  /** Of a parameter. */
  readonly name?: string;
  /** Indexes of the commands whose output it is. */
  readonly commands: readonly number[];
  /** It stands within double quotes, so that it stays one word. */
  readonly quoted?: true;
  readonly range: SourceRange;
}

/** A word of the shell. */
export interface ShellWord {
  /** Without quotes and escapes; expansions stay as they are written. */
  readonly text: string;
  /** No expansion: `text` is what the command gets (before globbing). */
  readonly literal: boolean;
  /** It has quotes or escapes. */
  readonly quoted: boolean;
  readonly expansions: readonly Expansion[];
  readonly range: SourceRange;
}

export interface Redirection {
  /** `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `&>`, `&>>`, `>|`, `<>` */
  readonly operator: string;
  readonly descriptor?: number;
  readonly target: ShellWord;
  /** The body of a `<<`. */
  readonly heredoc?: string;
  readonly range: SourceRange;
}

/** One simple command of a shell script. Compound commands are known by what they are `within`. */
export interface ShellCommand {
  /** In its instruction's `commands`. */
  readonly index: number;
  /** As written, the name first; empty where it only assigns or redirects. */
  readonly words: readonly ShellWord[];
  /**
   * What runs, without its folder, behind `sudo`, `env`, `exec` and their like: `apt-get`. Absent where an expansion
   * decides.
   */
  readonly program?: string;
  readonly programWord?: ShellWord;
  /** Behind the program. */
  readonly arguments: readonly ShellWord[];
  /** `sudo`, `env`, `xargs` … before the program. */
  readonly wrappers: readonly string[];
  readonly assignments: readonly { readonly name: string; readonly value: ShellWord; readonly range: SourceRange }[];
  readonly redirections: readonly Redirection[];
  /** What stands before it. */
  readonly after: "" | ";" | "&" | "&&" | "||" | "|";
  /** `always`: it runs whenever the instruction succeeds. `sometimes`: behind `||`, in a branch or a function. */
  readonly runs: "always" | "sometimes";
  /** From the outermost: `subshell`, `group`, `if`, `while`, `for`, `case`, `function`, `substitution`, `sh -c`. */
  readonly within: readonly string[];
  /** Indexes of the commands that read its output through a pipe. */
  readonly pipedInto: readonly number[];
  readonly pipedFrom: readonly number[];
  readonly range: SourceRange;
}

/** A command with where it stands: what checks over shell commands are handed, for the whole file. */
export interface PlacedCommand {
  readonly command: ShellCommand;
  readonly instruction: CommandInstruction | HealthcheckInstruction;
}

/** What is known of the folder that a build sends to the builder. */
export interface BuildContext {
  /** The ignore files that a build of this Dockerfile would read, the one that wins first (`Dockerfile.dockerignore`). */
  readonly ignoreFiles: readonly IgnoreFile[];
  /** Files and folders beside the Dockerfile whose names are those of secrets, relative to its folder. */
  readonly sensitiveFiles?: readonly string[];
}

export interface IgnoreFile {
  /** Relative to the folder that is judged. */
  readonly path: string;
  /** Its lines without comments and blank ones, as written. */
  readonly patterns: readonly string[];
}

/** What a registry answered when it was asked what an image's name points to now. */
export type DigestAnswer =
  | { readonly kind: "found"; readonly digest: string }
  /** One sentence without a full stop. */
  | { readonly kind: "failed"; readonly reason: string };

/** A comment that asks for a finding not to count. */
export interface InlineIgnore {
  /** Whose form it is. Only `bulkhead`'s act here. */
  readonly form: "bulkhead" | "hadolint" | "docker";
  /** As written: `build/latest-tag`, `latest-tag`, `DL3007`. */
  readonly ids: readonly string[];
  /** Empty: none is given, and it does not act. */
  readonly reason: string;
  /** The instruction below it, or the whole file. */
  readonly covers: SourceRange | "file";
  readonly range: SourceRange;
}

/** A Dockerfile of a tree as it was read, or why it could not be. */
export type ReadDockerfile =
  | {
      readonly state: "read";
      /** Relative to the tree's root. */
      readonly path: string;
      readonly text: string;
      /** Its bytes are not UTF-8, and would not survive being written again. */
      readonly lossy: boolean;
      readonly dockerfile: Dockerfile;
      readonly context: Evidence<BuildContext>;
    }
  | { readonly state: "unread"; readonly path: string; readonly gap: Gap };
