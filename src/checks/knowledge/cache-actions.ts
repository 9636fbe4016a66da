/**
 * Actions that restore what an earlier run put into the cache, and what of their inputs decides it (their own metadata). They are
 * few; an action that is not listed is not known to do so.
 */

/** When the cache is in use, by an input. `absent`: what holds where it is not set. */
export interface CacheInput {
  readonly input: string;
  /** `on`: texts that put it to use; `off`: all but these do; `set`: any text but an empty one does. */
  readonly when: { readonly on: readonly string[] } | { readonly off: readonly string[] } | "set";
  readonly absent: boolean;
  /** First major version whose default it is, or whose default it no longer is: `absent` holds from it on, or below it. */
  readonly from?: number;
  readonly below?: number;
  /** What turns it off; absent where no one text does. */
  readonly turnOff?: string;
}

export interface CacheAction {
  /** In lower case, without ref; `owner/repo/*` is any below it. */
  readonly action: string;
  /** Any of them puts it to use; none at all: it always is. */
  readonly inputs: readonly CacheInput[];
  /** All of `inputs` have to put it to use. */
  readonly all?: true;
}

const TRUE = ["true", "yes", "1", "on"];
const FALSE = ["false", "no", "0", "off", ""];

const switched = (input: string, absent: boolean): CacheInput => ({
  input,
  when: absent ? { off: FALSE } : { on: TRUE },
  absent,
  turnOff: "false",
});
const unless = (input: string, off: readonly string[] = TRUE): CacheInput => ({
  input,
  when: { off },
  absent: true,
  turnOff: "true",
});
const named = (input: string): CacheInput => ({ input, when: "set", absent: false });

export const CACHE_ACTIONS: readonly CacheAction[] = [
  { action: "actions/cache", inputs: [unless("lookup-only")] },
  { action: "actions/cache/restore", inputs: [unless("lookup-only")] },
  { action: "actions/setup-dotnet", inputs: [switched("cache", false)] },
  { action: "actions/setup-go", inputs: [{ ...switched("cache", true), from: 4 }] },
  { action: "actions/setup-java", inputs: [named("cache")] },
  {
    action: "actions/setup-node",
    inputs: [
      { input: "cache", when: { on: ["npm", "yarn", "pnpm"] }, absent: false },
      { ...switched("package-manager-cache", true), from: 5 },
    ],
  },
  { action: "actions/setup-python", inputs: [named("cache")] },
  { action: "actions-rust-lang/setup-rust-toolchain", inputs: [switched("cache", true)] },
  { action: "actions-rs/cargo-cache", inputs: [] },
  {
    action: "astral-sh/setup-uv",
    inputs: [
      { ...switched("enable-cache", false), when: { on: ["true"] } },
      { ...switched("enable-cache", true), below: 10 },
    ],
  },
  { action: "awalsh128/cache-apt-pkgs-action", inputs: [] },
  { action: "buildjet/cache", inputs: [unless("lookup-only")] },
  { action: "bazel-contrib/setup-bazel", inputs: [named("disk-cache"), switched("repository-cache", false)] },
  { action: "coursier/cache-action", inputs: [] },
  { action: "determinatesystems/magic-nix-cache-action", inputs: [switched("use-gha-cache", true)] },
  {
    action: "docker/setup-buildx-action",
    inputs: [switched("cache-binary", true), named("version")],
    all: true,
  },
  { action: "gradle/actions/setup-gradle", inputs: [unless("cache-disabled")] },
  { action: "gradle/gradle-build-action", inputs: [unless("cache-disabled")] },
  { action: "graalvm/setup-graalvm", inputs: [named("cache")] },
  { action: "jdx/mise-action", inputs: [switched("cache", true)] },
  { action: "mlugg/setup-zig", inputs: [switched("use-cache", true)] },
  { action: "mozilla-actions/sccache-action", inputs: [] },
  { action: "nix-community/cache-nix-action", inputs: [] },
  { action: "oven-sh/setup-bun", inputs: [unless("no-cache")] },
  { action: "pdm-project/setup-pdm", inputs: [switched("cache", false)] },
  { action: "prefix-dev/setup-pixi", inputs: [switched("cache", false)] },
  { action: "pyo3/maturin-action", inputs: [switched("sccache", false)] },
  { action: "ramsey/composer-install", inputs: [unless("ignore-cache", ["yes", "true", "1"])] },
  { action: "ruby/setup-ruby", inputs: [switched("bundler-cache", false)] },
  { action: "subosito/flutter-action", inputs: [switched("cache", false)] },
  { action: "swatinem/rust-cache", inputs: [unless("lookup-only")] },
  { action: "tespkg/actions-cache", inputs: [] },
];
