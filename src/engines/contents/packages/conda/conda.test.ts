import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import type { Analyser } from "../../analyser.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import type { FileFacts } from "../../model.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { condaExplicit, condaLock, pixiLock } from "./conda-lock.ts";
import { condaEnvironment } from "./environment-yml.ts";

function lines(facts: FileFacts | undefined): string[] {
  return packagesOf(facts).map(({ type, name, version, usage }) =>
    [type, `${name}@${version}`, ...(usage === undefined ? [] : [usage])].join(" "),
  );
}

const SOLVER = "transitive packages are only known to a solver";
const ENVIRONMENT = `name: science
channels:
  - conda-forge
dependencies:
  - python=3.9.7=hb7a2778_1_cpython
  - conda-forge::numpy=1.21.2=py39hdbf815f_0
  - pip=21.2.4=pyhd8ed1ab_0
  - pip:
      - requests==2.25.0
      - "urllib3[secure] == 1.26.4 ; python_version > '3'"
prefix: /opt/conda/envs/science
`;
const LOCK = `version: 1
metadata:
  platforms:
    - linux-64
package:
  - name: openssl
    version: 1.1.1k
    manager: conda
    platform: linux-64
    dependencies:
      libgcc-ng: ">=9.3.0"
    url: https://conda.anaconda.org/conda-forge/linux-64/openssl-1.1.1k-h7f98852_0.tar.bz2
    category: main
    optional: false
  - name: pytest
    version: 6.2.4
    manager: conda
    platform: linux-64
    url: https://conda.anaconda.org/conda-forge/linux-64/pytest-6.2.4-py39hf3d152e_0.tar.bz2
    category: dev
  - name: requests
    version: 2.25.0
    manager: pip
    platform: linux-64
    url: https://files.pythonhosted.org/packages/requests-2.25.0-py2.py3-none-any.whl
    category: main
`;
const EXPLICIT = `# platform: linux-64
@EXPLICIT
https://conda.anaconda.org/conda-forge/linux-64/ca-certificates-2021.5.30-ha878542_0.tar.bz2#6a777890e94194dc94a29a76d2a7e721
https://conda.anaconda.org/conda-forge/linux-64/openssl-1.1.1k-h7f98852_0.conda
`;
const PIXI = `version: 6
environments:
  default:
    channels:
      - url: https://conda.anaconda.org/conda-forge/
packages:
  - conda: https://conda.anaconda.org/conda-forge/linux-64/openssl-3.3.1-h4ab18f5_0.conda
    sha256: ff3faf8d4c1c9aa4bd3263b596a68fcc6ac910297f354b2ce28718a3509db6d9
  - pypi: https://files.pythonhosted.org/packages/requests-2.25.0-py2.py3-none-any.whl
    name: requests
    version: 2.25.0
`;

describe("conda", () => {
  test("environment.yml: exact builds, and requirements of pip as packages of PyPI", () => {
    const facts = factsOf(condaEnvironment, "environment.yml", ENVIRONMENT);
    assert.deepEqual(lines(facts), [
      "conda python@3.9.7",
      "conda numpy@1.21.2",
      "conda pip@21.2.4",
      "pypi requests@2.25.0",
      "pypi urllib3@1.26.4",
    ]);
    assert.deepEqual(unreadOf(facts), []);
  });

  test("environment.yml: what it leaves to the solver is said, and another program's file is none", () => {
    const facts = factsOf(
      condaEnvironment,
      "environment.yml",
      "dependencies:\n  - numpy\n  - scipy>=1.7\n  - six=1.16.0\n  - pip:\n      - flask\n      - -r other.txt\n",
    );
    assert.deepEqual(lines(facts), ["conda six@1.16.0"]);
    assert.deepEqual(unreadOf(facts), [
      "dependency 1 (numpy) settles no version",
      "dependency 2 (scipy>=1.7) settles no version",
      "a requirement of pip (flask) settles no version",
      "a requirement of pip (-r other.txt) settles no version",
      SOLVER,
    ]);
    assert.deepEqual(factsOf(condaEnvironment, "environment.yml", "name: staging\nurl: x\n"), {
      ...{ kind: "packages", packages: [], unread: [] },
    });
  });

  test("conda-lock.yml, pixi.lock and explicit lists", () => {
    assert.deepEqual(lines(factsOf(condaLock, "conda-lock.yml", LOCK)), [
      "conda openssl@1.1.1k",
      "conda pytest@6.2.4 development",
      "pypi requests@2.25.0",
    ]);
    assert.deepEqual(lines(factsOf(pixiLock, "pixi.lock", PIXI)), ["conda openssl@3.3.1", "pypi requests@2.25.0"]);
    assert.deepEqual(lines(factsOf(condaExplicit, "conda-linux-64.lock", EXPLICIT)), [
      "conda ca-certificates@2021.5.30",
      "conda openssl@1.1.1k",
    ]);
    assert.deepEqual(unreadOf(factsOf(condaExplicit, "conda-linux-64.lock", "@EXPLICIT\nhttps://x/y.whl\n")), [
      "line 2 states no name",
    ]);
    assert.equal(factsOf(condaExplicit, "conda-linux-64.lock", "a\n")?.kind, "unreadable");
    assert.equal(factsOf(condaLock, "conda-lock.yml", "a: b\n")?.kind, "unreadable");
    for (const path of ["Cargo.lock", "yarn.lock", "requirements.txt", "conda.lock"]) {
      assert.equal(condaExplicit.wants(path), false, path);
    }
  });

  const seeds: readonly [Analyser, string, string][] = [
    [condaEnvironment, "environment.yml", ENVIRONMENT],
    [condaLock, "conda-lock.yml", LOCK],
    [pixiLock, "pixi.lock", PIXI],
    [condaExplicit, "conda-linux-64.lock", EXPLICIT],
  ];
  for (const [analyser, path, seed] of seeds) {
    test(`${path}: whatever the bytes, an answer`, () => {
      fc.assert(
        fc.property(mutatedBytes(Buffer.from(seed)), (bytes) => {
          assert.ok(factsOf(analyser, path, bytes) !== undefined);
        }),
        runs(100),
      );
    });
  }
});
