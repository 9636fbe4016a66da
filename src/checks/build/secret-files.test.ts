import assert from "node:assert/strict";
import { test } from "node:test";
import { crossStageLeak } from "./cross-stage-leak.ts";
import { type Around, detected, dockerfile, findings } from "./dockerfile/lint.fixture.ts";
import { privateKeyGenerated } from "./private-key-generated.ts";
import { secretFileCopied } from "./secret-file-copied.ts";
import { secretLeftInLayer } from "./secret-left-in-layer.ts";
import { secretWritten } from "./secret-written.ts";

const beside = (sensitiveFiles: string[], ...patterns: string[]): Around => ({
  context: { ignoreFiles: [{ path: ".dockerignore", patterns }], sensitiveFiles },
});

const copy = (source: string): string => `FROM a:1\nCOPY ${source} /a/\n`;

test("files with secrets are found by their names", () => {
  for (const source of [
    "id_rsa",
    "keys/id_ed25519",
    ".ssh",
    ".netrc",
    ".aws/credentials",
    ".docker/config.json",
    "kubeconfig",
    "server-key.pem",
    "service-account.json",
    "terraform.tfstate",
    "app.pfx",
  ]) {
    assert.deepEqual(
      findings(secretFileCopied, copy(source)).map(({ severity }) => severity),
      ["high"],
      source,
    );
  }
  for (const source of [".npmrc", ".env", ".env.production", "tls.key", ".git", "secrets.yml", "app.jks"]) {
    assert.deepEqual(
      findings(secretFileCopied, copy(source)).map(({ severity }) => severity),
      ["medium"],
      source,
    );
  }
  assert.deepEqual(detected(secretFileCopied, copy("src .netrc")), [
    "2:10 .netrc (a netrc with passwords) is copied into the image",
  ]);
});

test("public keys, samples, and names that only look like it are left", () => {
  for (const source of [
    "id_rsa.pub",
    ".env.example",
    ".env.test",
    "ca.pem",
    "root-key.pem.example",
    "public-key.pem",
    "nodesource.gpg.key",
    "truststore.jks",
    "tests/id_rsa",
    "src",
    "keys.ts",
    ".gitignore",
    "environment",
    "kubeconfig.go",
  ]) {
    assert.deepEqual(detected(secretFileCopied, copy(source)), [], source);
  }
  for (const instruction of [
    "COPY apt.key /etc/apt/keyrings/",
    "COPY --from=b:1 /root/.netrc /a",
    "ADD https://example.com/x.key /a",
    "RUN --mount=type=secret,id=netrc,target=/root/.netrc git fetch",
  ]) {
    assert.deepEqual(detected(secretFileCopied, `FROM a:1\n${instruction}\n`), [], instruction);
  }
});

test("a stage that does not ship may hold them", () => {
  assert.deepEqual(detected(secretFileCopied, "FROM a:1 AS build\nCOPY .npmrc /a/\nFROM b:1\n"), []);
  assert.equal(detected(secretFileCopied, "FROM a:1 AS base\nCOPY .npmrc /a/\nFROM base\n").length, 1);
});

test("the copy of a folder takes along what .dockerignore lets through", () => {
  const text = "FROM a:1\nCOPY . /a\nCOPY web /b\n";
  assert.deepEqual(
    detected(secretFileCopied, text, beside([".env", "deploy/id_rsa", "web/.netrc"], ".env", "deploy")),
    [
      "2:6 COPY . includes web/.netrc (a netrc with passwords)",
      "3:6 COPY web includes web/.netrc (a netrc with passwords)",
    ],
  );
  assert.deepEqual(detected(secretFileCopied, text, beside([".env", ".git"], "**/.env*", ".git")), []);
  assert.deepEqual(detected(secretFileCopied, text, beside([".env"], "[.]env")), []);
  assert.deepEqual(detected(secretFileCopied, "FROM a:1\nCOPY .env /a/\n", beside([], ".env")), []);
});

test("a secret that a later instruction deletes stays in its layer", () => {
  const text = dockerfile`
    FROM a:1
    WORKDIR /app
    COPY .netrc /root/
    COPY deploy/id_rsa ./key
    RUN make && rm -f ~/.netrc
    RUN rm -rf /app
  `;
  assert.deepEqual(detected(secretLeftInLayer, text), [
    "3:6 ~/.netrc (a netrc with passwords) is deleted later but remains in the layer",
    "4:6 /app/key (an SSH key) is deleted later but remains in the layer",
  ]);
  assert.deepEqual(detected(secretFileCopied, text), []);
});

test("a secret that RUN writes is found where it does not delete it", () => {
  const written = (run: string) => detected(secretWritten, `FROM a:1\n${run}\n`).length;
  for (const run of [
    'RUN echo "machine x password $GIT_TOKEN" > ~/.netrc',
    `RUN printf '%s' \${NPM_TOKEN} | tee -a /root/.npmrc`,
    "RUN --mount=type=secret,id=npm cp /run/secrets/npm /root/.npmrc && npm ci",
    "RUN --mount=type=secret,id=npm,target=/tmp/npm cat /tmp/npm >> .npmrc",
  ]) {
    assert.equal(written(run), 1, run);
  }
  for (const run of [
    'RUN echo "$GIT_TOKEN" > ~/.netrc && git fetch && rm ~/.netrc',
    "RUN echo $GIT_TOKEN | docker-login --password-stdin",
    "RUN echo $APP_VERSION > /version",
    "RUN echo $GIT_TOKEN > /dev/null",
    "RUN --mount=type=secret,id=npm,target=/root/.npmrc npm ci",
    "RUN --mount=type=tmpfs,target=/secret echo $GIT_TOKEN > /secret/x",
    "RUN cp /run/secrets/x /y",
  ]) {
    assert.equal(written(run), 0, run);
  }
  const later = "FROM a:1\nRUN echo $GIT_TOKEN > /t\nRUN rm /t\n";
  assert.deepEqual(detected(secretWritten, later), []);
  assert.equal(detected(secretLeftInLayer, later).length, 1);
  assert.deepEqual(detected(secretLeftInLayer, "FROM a:1\nRUN echo $GIT_TOKEN > /t && rm /t\n"), []);
});

test("secrets of a build stage are found where a copy takes them along", () => {
  const text = (source: string) => dockerfile`
    FROM a:1 AS base
    COPY .npmrc /app/
    FROM base AS build
    RUN echo $API_TOKEN > /etc/app.conf
    FROM b:1
    COPY --from=build ${source} /x
  `;
  assert.deepEqual(detected(crossStageLeak, text("/app")), [
    "6:19 COPY of /app includes /app/.npmrc (a file that holds tokens for package registries) from stage build",
  ]);
  assert.equal(detected(crossStageLeak, text("/")).length, 2);
  assert.equal(detected(crossStageLeak, text("/etc/*.conf")).length, 1);
  assert.deepEqual(detected(crossStageLeak, text("/app/dist")), []);
  const deleted = "FROM a:1 AS build\nCOPY .npmrc /app/\nRUN rm /app/.npmrc\nFROM b:1\nCOPY --from=build /app /app\n";
  assert.deepEqual(detected(crossStageLeak, deleted), []);
  assert.deepEqual(
    detected(crossStageLeak, "FROM a:1 AS build\nCOPY src /app\nFROM scratch\nCOPY --from=build / /\n"),
    [],
  );
});

test("what a folder brought into a build stage is followed as well", () => {
  const text = (clean: string) => dockerfile`
    FROM a:1 AS build
    WORKDIR /src
    COPY . .
    COPY web /web
    RUN ${clean}
    FROM b:1
    COPY --from=build /src /x
    COPY --from=build /web/dist /y
  `;
  assert.deepEqual(detected(crossStageLeak, text("make"), beside([".env", "web/.netrc", "id_rsa"], "id_rsa")).sort(), [
    "7:19 COPY of /src includes /src/.env (a file of settings and secrets) from stage build",
    "7:19 COPY of /src includes /src/web/.netrc (a netrc with passwords) from stage build",
  ]);
  assert.deepEqual(detected(crossStageLeak, text("rm -rf .env web"), beside([".env", "web/.netrc"])), []);
  assert.deepEqual(detected(crossStageLeak, text("make"), beside(["docs/.env"], "docs")), []);
});

test("keys that are made in the build are found, and those that it deletes are left", () => {
  const made = (run: string) => detected(privateKeyGenerated, `FROM a:1\nRUN ${run}\n`).length;
  for (const run of [
    "ssh-keygen -A",
    "ssh-keygen -t ed25519 -N '' -f /root/.ssh/id_ed25519",
    "openssl req -x509 -newkey rsa:2048 -nodes -keyout /k.pem -out /c.pem",
    "openssl genrsa -out /k.pem 2048",
    "keytool -genkeypair -keystore /k.jks",
  ]) {
    assert.equal(made(run), 1, run);
  }
  for (const run of [
    "ssh-keygen -F example.com",
    "openssl x509 -in /c.pem -text",
    "openssl req -new -key /k.pem -out /c.csr",
    "openssl genrsa -out /tmp/k.pem 2048 && sign && rm /tmp/k.pem",
    "keytool -importcert -keystore /k.jks",
  ]) {
    assert.equal(made(run), 0, run);
  }
  assert.deepEqual(detected(privateKeyGenerated, "FROM a:1 AS x\nRUN ssh-keygen -A\nFROM b:1\n"), []);
});
