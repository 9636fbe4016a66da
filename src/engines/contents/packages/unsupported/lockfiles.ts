import type { Analyser } from "../../analyser.ts";
import { lockfile } from "../lockfile.ts";

/**
 * Lockfiles that are known and not read: what they pin is not judged, and each is named so. Without them here a project
 * would count as clean for being written in a language that nobody looked at.
 *
 * Not here is Helm's `Chart.lock`: charts are manifests and no packages, and what they hold is judged as such (`--render`).
 */
interface UnreadFormat {
  readonly id: string;
  /** For the reader: whose packages it pins. */
  readonly of: string;
  readonly basenames?: readonly string[];
  readonly extensions?: readonly string[];
  readonly wants?: (path: string) => boolean;
  /** A text that such a file has, where others may go by its name. */
  readonly shows?: RegExp;
}

const FORMATS: readonly UnreadFormat[] = [
  { id: "julia", of: "Julia", basenames: ["JuliaManifest.toml"] },
  {
    id: "julia-manifest",
    of: "Julia",
    basenames: ["Manifest.toml"],
    shows: /^(?:julia_version|manifest_format)\s*=|^\[\[/m,
  },
  { id: "stack", of: "Haskell (Stack)", basenames: ["stack.yaml.lock"] },
  { id: "cabal", of: "Haskell (Cabal)", basenames: ["cabal.project.freeze"] },
  { id: "vcpkg", of: "vcpkg", basenames: ["vcpkg.json"] },
  { id: "flake", of: "Nix", basenames: ["flake.lock"] },
  { id: "carthage", of: "Carthage", basenames: ["Cartfile.resolved"] },
  { id: "opam", of: "opam", extensions: [".locked"], wants: (path) => path.endsWith(".opam.locked") },
  { id: "crystal", of: "Crystal", basenames: ["shard.lock"] },
  { id: "nimble", of: "Nim", basenames: ["nimble.lock"] },
  { id: "dub", of: "D (dub)", basenames: ["dub.selections.json"] },
  { id: "cpan", of: "Perl (Carton)", basenames: ["cpanfile.snapshot"] },
  { id: "luarocks", of: "LuaRocks", basenames: ["luarocks.lock"] },
  { id: "spack", of: "Spack", basenames: ["spack.lock"] },
  { id: "packrat", of: "R (packrat)", basenames: ["packrat.lock"] },
  { id: "bazel", of: "Bazel", basenames: ["MODULE.bazel.lock", "maven_install.json"] },
  { id: "brewfile", of: "Homebrew", basenames: ["Brewfile.lock.json"] },
  { id: "dep", of: "Go (dep)", basenames: ["Gopkg.lock"] },
  { id: "glide", of: "Go (Glide)", basenames: ["glide.lock"] },
  { id: "gleam", of: "Gleam", basenames: ["manifest.toml"], shows: /^packages[ \t]{0,9}=[ \t]{0,9}\[/m },
  { id: "elm", of: "Elm", basenames: ["elm.json"], shows: /"elm-version"/ },
  { id: "purescript", of: "PureScript", basenames: ["spago.lock"] },
  // Providers are programs that run with the cloud's credentials. Advisories name their Go modules, never the provider.
  { id: "terraform", of: "Terraform and OpenTofu", basenames: [".terraform.lock.hcl"], shows: /^provider[ \t]{1,9}"/m },
  { id: "unity", of: "Unity", basenames: ["packages-lock.json"] },
];

/** @throws never: the text is not read beyond what tells whose it is */
export const unreadLockfiles: readonly Analyser[] = FORMATS.map(({ id, of, shows, ...where }) =>
  lockfile({
    id: `unread-${id}`,
    version: 1,
    ...where,
    read: (text) =>
      shows === undefined || shows.test(text)
        ? { kind: "unreadable", code: "contents.lockfile-not-read", reason: `lockfiles of ${of} are not read` }
        : { kind: "packages", packages: [], unread: [] },
  }),
);
