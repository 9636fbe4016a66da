import assert from "node:assert/strict";
import { test } from "node:test";
import { debuggerOpen } from "./debugger-open.ts";
import { detected, dockerfile, findings, fixed } from "./dockerfile/lint.fixture.ts";
import { envInSameStatement } from "./env-in-same-statement.ts";
import { legacyEnvFormat } from "./legacy-env-format.ts";
import { maintainerDeprecated } from "./maintainer-deprecated.ts";
import { undefinedArgInFrom } from "./undefined-arg-in-from.ts";
import { undefinedVariable } from "./undefined-variable.ts";
import { unsafeSearchPath } from "./unsafe-search-path.ts";
import { verificationOffInEnv } from "./verification-off-in-env.ts";

test("ENV without an equals sign gets one, with quotes where there are several words", () => {
  assert.equal(
    fixed(legacyEnvFormat, "FROM a:1\nENV A b\nENV B   c d\nLABEL x y\n"),
    'FROM a:1\nENV A=b\nENV B="c d"\nLABEL x=y\n',
  );
  assert.equal(fixed(legacyEnvFormat, "FROM a:1\nENV PATH /a:$PATH\n"), "FROM a:1\nENV PATH=/a:$PATH\n");
  assert.deepEqual(detected(legacyEnvFormat, "FROM a:1\nENV A b\n"), ["2:5 ENV A has no equals sign"]);
  assert.deepEqual(detected(legacyEnvFormat, 'FROM a:1\nENV A=b B="c d"\nARG X\n'), []);
});

test("what quotes or escapes mean in the old form is left to a person", () => {
  for (const value of ["it's", 'a "b"', "a\\ b", "a \\\n  b"]) {
    const text = `FROM a:1\nENV A ${value}\n`;
    assert.equal(findings(legacyEnvFormat, text).length, 1, value);
    assert.equal(fixed(legacyEnvFormat, text), text);
  }
});

test("MAINTAINER becomes a label", () => {
  const label = 'LABEL org.opencontainers.image.authors="A B <a@example.com>"\n';
  assert.equal(fixed(maintainerDeprecated, "FROM a:1\nMAINTAINER A B <a@example.com>\n"), `FROM a:1\n${label}`);
  assert.equal(fixed(maintainerDeprecated, 'FROM a:1\nMAINTAINER "A B <a@example.com>"\n'), `FROM a:1\n${label}`);
  const odd = 'FROM a:1\nMAINTAINER A "B" $C\n';
  assert.equal(fixed(maintainerDeprecated, odd), odd);
  assert.deepEqual(detected(maintainerDeprecated, odd), ["2:1 MAINTAINER is deprecated"]);
  assert.deepEqual(detected(maintainerDeprecated, "FROM a:1\nLABEL maintainer=x\n"), []);
});

test("variables of FROM need an ARG before the first one, and a default that builds", () => {
  assert.deepEqual(detected(undefinedArgInFrom, `ARG TAG=1\nFROM a:$TGA\nARG X=1\nFROM b:\${X}\n`), [
    "2:6 ARG TGA is not declared before the first FROM",
    "4:6 ARG X is not declared before the first FROM",
  ]);
  assert.deepEqual(detected(undefinedArgInFrom, "ARG TAG\nFROM a:$TAG\n"), [
    "2:6 a:$TAG is not an image name without build arguments",
  ]);
  for (const text of [
    "ARG TAG=1\nFROM a:$TAG\n",
    `FROM a:\${TAG:-1}\n`,
    "FROM --platform=$BUILDPLATFORM a:1\n",
    `ARG SUFFIX\nFROM a:1\${SUFFIX}\n`,
    `ARG BASE=a:1\nFROM \${BASE}\n`,
    "ARG REGISTRY=r.example.com\nARG IMAGE=$REGISTRY/a:1\nFROM $IMAGE\n",
  ]) {
    assert.deepEqual(detected(undefinedArgInFrom, text), [], text);
  }
});

test("an ARG before FROM is empty in a stage that does not declare it", () => {
  const text = dockerfile`
    ARG VERSION=1
    FROM a:1 AS one
    RUN install-it "app-$VERSION"
    COPY app-$VERSION /a
    FROM a:1
    ARG VERSION
    RUN install-it "app-$VERSION"
  `;
  assert.deepEqual(detected(undefinedVariable, text), ["3:21 VERSION is declared before FROM and empty in this stage"]);
  assert.deepEqual(detected(undefinedVariable, "FROM scratch\nCOPY app-$X /\n"), [
    "2:6 X is not set in a stage FROM scratch",
  ]);
});

test("what a script, a base image, or the stage below sets is set", () => {
  for (const text of [
    "ARG V=1\nFROM a:1\nRUN V=2 && echo $V\n",
    "ARG V=1\nFROM a:1\nRUN export V=2; echo $V\n",
    "ARG V=1\nFROM a:1\nRUN for V in a b; do echo $V; done\n",
    "ARG V=1\nFROM a:1\nRUN ls | while read -r -a V; do echo $V; done\n",
    "ARG V=1\nFROM a:1\nRUN x=$(read -read V; echo $V)\n",
    `ARG V=1\nFROM a:1\nRUN echo \${V:-2} '$V'\n`,
    "ARG NODE_VERSION=1\nFROM node:$NODE_VERSION\nRUN echo $NODE_VERSION\n",
    "ARG V=1\nFROM a:1 AS x\nARG V\nFROM x\nRUN echo $V\n",
    "ARG V=1\nFROM a:1\nENV V=$OTHER\nRUN echo $V\n",
    "FROM a:1\nCOPY $WHO /\n",
    "FROM scratch\nENV PATH=/x:$PATH\n",
  ]) {
    assert.deepEqual(detected(undefinedVariable, text), [], text);
  }
});

test("what only looks like the name that read or for sets is none", () => {
  for (const words of ["for -r V", "reader V", "read x V"]) {
    const found = detected(undefinedVariable, `ARG V=1\nFROM a:1\nRUN echo ${words} ; echo $V\n`);
    assert.ok(found.length > 0, words);
  }
});

test("search paths with folders that others can fill are found", () => {
  for (const [value, count] of [
    ["PATH=/tmp/bin:$PATH", 1],
    ["PATH=.:/usr/bin", 1],
    ["PATH=node_modules/.bin:$PATH", 1],
    ["PATH=$PATH:", 1],
    ["LD_LIBRARY_PATH=/opt/lib::/usr/lib", 1],
    ["LD_PRELOAD=/tmp/x.so", 1],
    ["LD_PRELOAD=libjemalloc.so.2", 0],
    ["PATH=/app/bin:$PATH", 0],
    [`PATH=\${HOME}/bin:~/x:$PATH`, 0],
    [`LD_LIBRARY_PATH=/opt/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`, 0],
    ["LD_LIBRARY_PATH=", 0],
    ["TMPDIR=/tmp", 0],
  ] as const) {
    assert.equal(detected(unsafeSearchPath, `FROM a:1\nENV ${value}\n`).length, count, value);
  }
  assert.deepEqual(detected(unsafeSearchPath, "FROM a:1\nENV PATH=/tmp:$PATH\n"), [
    "2:10 PATH contains /tmp, where everybody may write",
  ]);
});

test("variables that turn checks of certificates off are found, worst where they stay", () => {
  const text =
    "FROM a:1 AS build\nENV GIT_SSL_NO_VERIFY=1\nFROM a:1\nENV NODE_TLS_REJECT_UNAUTHORIZED 0\nARG GOSUMDB=off\n";
  assert.deepEqual(
    findings(verificationOffInEnv, text).map(({ severity, title }) => [severity, title]),
    [
      ["medium", "ENV GIT_SSL_NO_VERIFY disables verification: Git takes any certificate"],
      ["high", "ENV NODE_TLS_REJECT_UNAUTHORIZED disables verification: Node.js takes any certificate"],
      ["medium", "ARG GOSUMDB disables verification: Go does not check modules against the database of sums"],
    ],
  );
  const fine =
    "FROM a:1\nENV NODE_TLS_REJECT_UNAUTHORIZED=1 GIT_SSL_NO_VERIFY=0 GONOSUMDB=git.example.com GOSUMDB=sum.golang.org\n";
  assert.deepEqual(detected(verificationOffInEnv, fine), []);
});

test("debuggers that the image starts are found, and those of stages that do not ship are left", () => {
  for (const [instruction, count] of [
    ['CMD ["node", "--inspect=0.0.0.0:9229", "a.js"]', 1],
    ["ENTRYPOINT java -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005 -jar a.jar", 1],
    ["ENV JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005", 1],
    ['CMD ["dlv", "exec", "/app", "--headless", "--listen=:2345"]', 1],
    ["ENV FLASK_DEBUG=1", 1],
    ['CMD ["node", "--inspect", "a.js"]', 0],
    ['CMD ["node", "a.js"]', 0],
    ["ENV FLASK_DEBUG=0", 0],
  ] as const) {
    assert.equal(detected(debuggerOpen, `FROM a:1\n${instruction}\n`).length, count, instruction);
    assert.deepEqual(detected(debuggerOpen, `FROM a:1 AS dev\n${instruction}\nFROM b:1\n`), [], instruction);
  }
});

test("a variable that the same ENV sets is not set yet", () => {
  assert.deepEqual(detected(envInSameStatement, "FROM a:1\nENV A=1 B=$A/x\n"), [
    "2:11 ENV B uses the previous value of A",
  ]);
  for (const text of [
    "FROM a:1\nENV A=1\nENV B=$A\n",
    "FROM a:1\nENV A=1\nENV A=2 B=$A\n",
    "FROM a:1\nENV A=1 PATH=/x:$PATH\n",
    "FROM a:1\nENV B=$A A=1\n",
    "FROM a:1 AS x\nARG A\nFROM x\nENV A=1 B=$A\n",
    "FROM a:1\nARG A=1 B=$A\n",
  ]) {
    assert.deepEqual(detected(envInSameStatement, text), [], text);
  }
});
