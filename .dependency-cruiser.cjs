/**
 * The arrows of the house (ARCHITECTURE.md): which room may import which. `npm run lint` holds them, and
 * test/arrows.test.ts plants forbidden imports to see each refused.
 *
 * dependency-cruiser needs `typescript` 6 to see anything at all; with 7 it passes everything.
 */

/** Each engine, and the engines below it that it may import. */
const engines = {
  oci: [],
  contents: ["oci"],
  files: [],
  git: [],
  vulnerability: ["contents", "files"],
  kubernetes: [],
  // Compares versions, and asks servers as the feeds do.
  updates: ["contents", "files", "vulnerability"],
};

/** The only places that start a program: the user's credential helpers, and --render. */
const runPrograms = [
  "engines/oci/registry/credential-helper",
  "engines/kubernetes/cluster/exec-plugin",
  "collect/render-program",
];

/** What of Node a pure room may use: nothing that reads, writes, connects, runs, or keeps the time. */
const pureBuiltins = "^(node:)?(crypto|util|buffer)$";

/** Tests and the fixtures they build may reach for anything; nothing else may reach for them. */
const tests = "[.](test|fixture)[.]ts$";
const production = { pathNot: tests };

/** A room under src/ and the only places under src/ that it may import. */
function room(name, comment, path, allowed) {
  return {
    name,
    comment,
    severity: "error",
    from: { path: `^src/${path}`, ...production },
    to: { path: "^src/", pathNot: allowed.map((place) => `^src/${place}`) },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    room("core-stands-alone", "core imports nothing but itself", "core/", ["core/"]),
    {
      name: "core-is-pure",
      comment: "core does no I/O and needs no package",
      severity: "error",
      from: { path: "^src/core/", ...production },
      to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional"], pathNot: pureBuiltins },
    },
    room("formats-read", "formats import core alone", "formats/", ["core/", "formats/"]),
    ...Object.entries(engines).map(([engine, below]) =>
      room(`engine-${engine}`, `${engine} imports core and the engines listed for it`, `engines/${engine}/`, [
        "core/",
        "formats/",
        ...[engine, ...below].map((each) => `engines/${each}/`),
      ]),
    ),
    room(
      "engine-unlisted",
      "an engine that the list does not name imports core alone",
      `engines/(?!(?:${Object.keys(engines).join("|")})/)([^/]+)/`,
      ["core/", "formats/", "engines/$1/"],
    ),
    room("checks-judge-facts", "checks import core and the engines' models", "checks/", [
      "core/",
      "checks/",
      "engines/[^/]+/model[.]ts$",
    ]),
    {
      name: "checks-are-pure",
      comment: "a check is a pure function: no I/O",
      severity: "error",
      from: { path: "^src/checks/", ...production },
      to: { dependencyTypes: ["core"], pathNot: pureBuiltins },
    },
    room("collect", "collect imports checks, engines and core", "collect/", [
      "core/",
      "formats/",
      "engines/",
      "checks/",
      "collect/",
    ]),
    room("guards-stand-apart", "a guard imports collect and below, never another guard", "guards/([^/]+)/", [
      "core/",
      "formats/",
      "engines/",
      "checks/",
      "collect/",
      "guards/$1/",
    ]),
    room("joins", "joins import guards and below", "joins/", [
      "core/",
      "formats/",
      "engines/",
      "checks/",
      "collect/",
      "guards/",
      "joins/",
    ]),
    room("report-shows", "report imports core alone", "report/", ["core/", "report/"]),
    room("server", "the server imports joins, report and below, never the command line", "server/", [
      "core/",
      "formats/",
      "engines/",
      "checks/",
      "collect/",
      "guards/",
      "joins/",
      "report/",
      "server/",
    ]),
    {
      name: "the-source-stands-alone",
      comment: "src imports nothing of the folders around it",
      severity: "error",
      from: { path: "^src/", ...production },
      to: { path: "^(test|bench|conformance|examples|scripts|bin)/" },
    },
    {
      name: "programs-are-few",
      comment: "programs are run in these places alone, and git in none: what a tree says must not run",
      severity: "error",
      from: { path: "^src/", pathNot: `${tests}|^src/core/|^src/(?:${runPrograms.join("|")})[.]ts$` },
      to: { path: "^(node:)?child_process$" },
    },
    {
      name: "no-tests-imported",
      comment: "nothing imports a test, and only tests, conformance suites and benchmarks import fixtures",
      severity: "error",
      from: { path: "^(src|bin|scripts|examples)/", ...production },
      to: { path: tests },
    },
    {
      name: "no-tests-in-benchmarks",
      comment: "a benchmark may build its input with a fixture, and runs no test",
      severity: "error",
      from: { path: "^bench/" },
      to: { path: "[.]test[.]ts$" },
    },
    {
      name: "no-development-package",
      comment: "what runs must be among the dependencies, not the development's",
      severity: "error",
      from: { path: "^(src|bin)/", ...production },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-cycles",
      comment: "no import leads back to itself",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "a module that nothing uses and that uses nothing has no place",
      severity: "error",
      from: { orphan: true, path: "^src/", ...production },
      to: {},
    },
    {
      name: "everything-resolves",
      comment: "an import that leads nowhere hides what it would import",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "[.]generated" },
    // Types have arrows too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
