/**
 * The arrows of the house (ARCHITECTURE.md): which room may import which. `npm run lint` holds them, and
 * test/arrows.program.test.ts plants forbidden imports to see each refused.
 *
 * dependency-cruiser needs `typescript` 6 to see anything at all; with 7 it passes everything.
 */

/** Each engine, and the engines below it that it may import. */
const engines = {
  oci: [],
  contents: ["oci"],
  files: [],
  git: [],
  // Archives of advisories are walked as layers are.
  vulnerability: ["contents", "files", "oci"],
  kubernetes: [],
  // Policies are among the objects that were read.
  reachability: ["kubernetes"],
  // Signatures are kept in registries and layouts; predicates are judged by expressions; what they say is written whole.
  trust: ["oci", "cel", "files"],
  cel: [],
  // Scripts of jobs are shell, as those of RUN are.
  pipelines: ["dockerfile"],
  // Fields of an object have the same paths in both; policies of the API server are expressions.
  admission: ["kubernetes", "cel"],
  // Objects say which detectors there are, and how they are configured.
  detectors: ["kubernetes"],
  // Certificates are made and read as bytes.
  certificates: [],
  // What lockfiles pin is what contents read; archives and provenance are read as elsewhere.
  packages: ["contents", "oci", "vulnerability", "trust"],
  // Package-urls are taken apart as elsewhere; what is exploited is a fact of the same kind.
  reports: ["contents", "vulnerability"],
  // Compares versions, and asks servers as the feeds do.
  updates: ["contents", "files", "vulnerability"],
};

/** The only places that start a program: the user's credential helpers, --render, the sensor with its unprivileged half, and an engine that proves what was learned. */
const runPrograms = [
  "engines/oci/registry/credential-helper",
  "engines/kubernetes/cluster/exec-plugin",
  "collect/kubernetes/render-program",
  "collect/runtime/proofs/node-event",
  "guards/runtime/sensor/program",
  "guards/runtime/learn/engine",
  "guards/runtime/watch/worker",
];

/** What of Node a pure room may use: nothing that reads, writes, connects, runs, or keeps the time. */
const pureBuiltins = "^(node:)?(crypto|util|buffer|path)$";

/** Engines that ask for the time: how old a file is, or how long a server is to be left alone. */
const readsAges = [
  "engines/files/leftovers",
  "engines/kubernetes/cluster/client",
  "engines/oci/stamp",
  "engines/updates/suite-cache",
  "engines/vulnerability/feeds/http",
];

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

/** What every engine may use. */
const ground = ["core/", "net/", "formats/"];

/** The floors from core up to one, each with all below it. */
function floors(top) {
  const all = [...ground, "engines/", "checks/", "collect/", "evaluate/", "fix/", "scan/", "joins/"];
  return all.slice(0, all.indexOf(`${top}/`) + 1);
}

/** A room that does no I/O. */
function pure(name, comment, path) {
  return {
    name,
    comment,
    severity: "error",
    from: { path: `^src/${path}`, ...production },
    to: { dependencyTypes: ["core"], pathNot: pureBuiltins },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    room("core-stands-alone", "core imports nothing but itself", "core/", ["core/"]),
    pure("core-is-pure", "core does no I/O", "core/"),
    {
      name: "core-needs-no-package",
      comment: "core needs no package",
      severity: "error",
      from: { path: "^src/core/", ...production },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-optional"] },
    },
    {
      name: "bounds-with-their-readers",
      comment: "core's bounds are of core's own work: a reader has its own beside it",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/core/" },
      to: { path: "^src/core/bounds[.]ts$" },
    },
    room("net-knows-no-layer", "net imports core alone", "net/", ["core/", "net/"]),
    {
      name: "one-http-client",
      comment:
        "servers are asked through net, which holds the bounds, proxies and credentials; Docker's socket is local",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, "^src/net/", "^src/engines/oci/daemon[.]ts$"] },
      to: { dependencyTypes: ["core"], path: "^(node:)?(http|https|http2|tls)$" },
    },
    room("formats-read", "formats import core alone", "formats/", ["core/", "formats/"]),
    ...Object.entries(engines).map(([engine, below]) =>
      room(
        `engine-${engine}`,
        `${engine} imports core, net, formats and the engines listed for it`,
        `engines/${engine}/`,
        [...ground, ...[engine, ...below].map((each) => `engines/${each}/`)],
      ),
    ),
    room(
      "engine-unlisted",
      "an engine that the list does not name imports no other",
      `engines/(?!(?:${Object.keys(engines).join("|")})/)([^/]+)/`,
      [...ground, "engines/$1/"],
    ),
    room("checks-judge-facts", "checks import core and the engines' models", "checks/", [
      "core/",
      "checks/",
      "engines/[^/]+/model[.]ts$",
      // What rules come to is a fact of its own: model.ts would import itself through it.
      "engines/trust/(decision|rules)-model[.]ts$",
    ]),
    pure("checks-are-pure", "a check is a pure function: no I/O", "checks/"),
    {
      name: "judging-asks-no-clock",
      comment: "what judges and shows is told the time; engines ask only for the age of a file or of an answer",
      severity: "error",
      from: {
        path: "^src/(core|formats|engines|checks|evaluate|fix|joins|report)/",
        pathNot: [tests, ...readsAges.map((path) => `^src/${path}`)],
      },
      to: { path: "^src/core/clock[.]ts$" },
    },
    room("collect-reads", "collect imports engines, formats and core: it judges nothing", "collect/", [
      "core/",
      "formats/",
      "engines/",
      "collect/",
    ]),
    room("evaluate-judges", "evaluate imports checks and below: it reads nothing", "evaluate/", [
      "core/",
      "formats/",
      "engines/",
      "checks/",
      "evaluate/",
    ]),
    pure("evaluate-is-pure", "facts, policy and now go in, evaluations come out: no I/O", "evaluate/"),
    room("fix-proposes", "fix imports evaluate and below: to verify is to evaluate again", "fix/", [
      "core/",
      "formats/",
      "engines/",
      "checks/",
      "evaluate/",
      "fix/",
    ]),
    pure("fix-is-pure", "texts and facts go in, changes come out: no I/O", "fix/"),
    room("scan", "scan joins collect, evaluate and fix", "scan/", [...floors("scan")]),
    room("joins", "joins import scan and below", "joins/", [...floors("joins")]),
    room(
      "guards-stand-apart",
      "a guard imports joins, its own texts and below, never another guard",
      "guards/([^/]+)/",
      [...floors("joins"), "guards/$1/", "report/$1/", "store/"],
    ),
    room(
      "store-keeps",
      "store imports core, and how folders are made and locked: what is kept has no opinion",
      "store/",
      ["core/", "store/", "engines/files/(folders|lock)[.]ts$"],
    ),
    room("report-shows", "report imports core alone", "report/", ["core/", "report/"]),
    room("server", "the server imports guards, report and below, never the command line", "server/", [
      ...floors("joins"),
      "guards/",
      "report/",
      "store/",
      "server/",
    ]),
    {
      name: "commands-judge-nothing",
      comment: "a command parses arguments, calls scan, a join or a guard, and hands the result to report",
      severity: "error",
      from: { path: "^src/cli/", ...production },
      to: { path: "^src/(evaluate/|core/runner[.]ts$)" },
    },
    {
      name: "the-source-stands-alone",
      comment: "src imports nothing of the folders around it",
      severity: "error",
      from: { path: "^src/", ...production },
      to: { path: "^(test|bench|conformance|examples|scripts|bin|action)/" },
    },
    {
      name: "action-runs-the-program",
      comment: "the action runs the program as its users do, and takes of src what asks servers and shows texts",
      severity: "error",
      from: { path: "^action/", ...production },
      to: { path: "^src/", pathNot: "^src/(core|net)/" },
    },
    {
      name: "programs-are-few",
      comment: "programs are run in these places alone, and git in none: what a tree says must not run",
      severity: "error",
      from: { path: "^src/", pathNot: `${tests}|^src/core/|^src/(?:${runPrograms.join("|")})[.]ts$` },
      to: { path: "^(node:)?child_process$" },
    },
    {
      name: "judges-stand-apart",
      comment: "what judges the network layer shares nothing with it: a mistake in common would be seen by nobody",
      severity: "error",
      from: { path: "^test/network/(oracle|random-|probes|made-objects|lines|squid)", pathNot: tests },
      to: { path: "^src/" },
    },
    {
      name: "admission-judge-stands-apart",
      comment: "what judges the admission layer shares nothing with it: a mistake in common would be seen by nobody",
      severity: "error",
      from: { path: "^test/admission/oracle/", pathNot: tests },
      to: { path: "^(src|bench|conformance|examples|scripts)/" },
    },
    {
      name: "registry-judge-stands-apart",
      comment: "what judges a registry after everything was killed shares nothing with the guard",
      severity: "error",
      from: { path: "^test/registry/killed/judge" },
      to: { path: "^(src|test|bench|conformance|examples|scripts)/" },
    },
    {
      name: "enforcement-stands-apart",
      comment: "policies are enforced from their objects alone, with nothing of the oracle's or the engine's",
      severity: "error",
      from: { path: "^test/network/enforcement/" },
      to: { path: "^(src|test|bench|conformance|examples|scripts)/", pathNot: "^test/network/enforcement/" },
    },
    {
      name: "no-tests-imported",
      comment: "nothing imports a test, and only tests, conformance suites and benchmarks import fixtures",
      severity: "error",
      from: { path: "^(src|bin|action|scripts|examples)/", ...production },
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
      from: { path: "^(src|bin|action)/", ...production },
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
