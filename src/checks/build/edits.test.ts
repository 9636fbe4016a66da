import assert from "node:assert/strict";
import { test } from "node:test";
import { dockerfile, findings, fixed } from "./dockerfile/lint.fixture.ts";
import { runsAsRoot } from "./runs-as-root.ts";
import { secretInArgOrEnv } from "./secret-in-arg-or-env.ts";
import { secretLeftInLayer } from "./secret-left-in-layer.ts";
import { sudo } from "./sudo.ts";

test("an ARG becomes a secret mount of the RUNs that name it", () => {
  const text = dockerfile`
    FROM a:1
    # why
    ARG NPM_TOKEN
    RUN npm config set //npm.example.com/:_authToken=$NPM_TOKEN && \\
      npm ci
    RUN true
  `;
  assert.equal(
    fixed(secretInArgOrEnv, text),
    dockerfile`
      FROM a:1
      # why
      RUN --mount=type=secret,id=NPM_TOKEN,required=true export NPM_TOKEN="$(cat /run/secrets/NPM_TOKEN)"; npm config set //npm.example.com/:_authToken=$NPM_TOKEN && \\
        npm ci
      RUN true
    `,
  );
});

test("an ARG that may have other readers stays", () => {
  const used = "RUN x $NPM_TOKEN\n";
  for (const text of [
    "FROM a:1\nARG NPM_TOKEN\nRUN npm ci\n",
    `ARG NPM_TOKEN\nFROM a:1\n${used}`,
    `FROM a:1\nARG NPM_TOKEN=default1x\n${used}`,
    `FROM a:1\nARG NPM_TOKEN OTHER\n${used}`,
    `FROM a:1\nARG NPM_TOKEN\nENV X=$NPM_TOKEN\n${used}`,
    `FROM a:1\nARG NPM_TOKEN\nRUN ["x", "$NPM_TOKEN"]\n`,
    "FROM a:1\nARG NPM_TOKEN\nRUN <<E\nx $NPM_TOKEN\nE\n",
    `FROM a:1 AS one\nARG NPM_TOKEN\n${used}FROM one\n${used}`,
    `FROM a:1\nSHELL ["pwsh", "-c"]\nARG NPM_TOKEN\n${used}`,
  ]) {
    const found = findings(secretInArgOrEnv, text);
    assert.ok(found.length > 0, text);
    for (const { fix } of found) assert.equal(fix?.kind, "instruction", text);
  }
});

test("a file that is copied, used and deleted becomes a mount of the RUNs between", () => {
  const text = dockerfile`
    FROM a:1
    WORKDIR /srv
    RUN before
    COPY deploy.key ./
    COPY package.json ./
    RUN npm ci
    # gone?
    RUN rm -f deploy.key
    RUN behind
  `;
  assert.equal(
    fixed(secretLeftInLayer, text),
    dockerfile`
      FROM a:1
      WORKDIR /srv
      RUN before
      COPY package.json ./
      RUN --mount=type=secret,id=deploy.key,target=/srv/deploy.key,required=true npm ci
      # gone?
      RUN behind
    `,
  );
  assert.match(
    fixed(secretLeftInLayer, "FROM a:1\nCOPY id_rsa /root/.ssh/\nRUN x\nRUN rm /root/.ssh/id_rsa"),
    /^FROM a:1\nRUN --mount=type=secret,id=id_rsa,target=\/root\/\.ssh\/id_rsa,required=true x\n$/,
  );
});

test("a file that more is done with stays", () => {
  for (const text of [
    "FROM a:1\nCOPY id_rsa /k/\nRUN x\nRUN rm /k/id_rsa && y\n",
    "FROM a:1\nCOPY id_rsa /k/\nRUN x\nRUN rm /k/id_rsa /other\n",
    "FROM a:1\nCOPY id_rsa /k/\nRUN rm /k/id_rsa\n",
    "FROM a:1\nCOPY id_rsa other /k/\nRUN x\nRUN rm /k/id_rsa\n",
    "FROM a:1\nCOPY --chown=5 id_rsa /k/\nRUN x\nRUN rm /k/id_rsa\n",
    "FROM a:1\nUSER 5\nCOPY id_rsa /k/\nRUN x\nRUN rm /k/id_rsa\n",
    'FROM a:1\nCOPY id_rsa /k/\nRUN ["x"]\nRUN rm /k/id_rsa\n',
  ]) {
    const [found] = findings(secretLeftInLayer, text);
    assert.equal(found?.fix?.kind, "instruction", text);
  }
});

test("sudo goes where root runs it anyway", () => {
  assert.equal(
    fixed(sudo, "FROM debian:13\nRUN sudo a && sudo b -c\nUSER 5\nUSER root\nRUN sudo c\n"),
    "FROM debian:13\nRUN a && b -c\nUSER 5\nUSER root\nRUN c\n",
  );
  for (const text of [
    "FROM debian:13\nUSER 5\nRUN sudo a\n",
    "FROM acme/base:1\nRUN sudo a\n",
    "FROM debian:13\nRUN sudo -u x a\n",
    "FROM debian:13\nCMD sudo a\n",
  ]) {
    assert.equal(findings(sudo, text)[0]?.fix?.kind, "instruction", text);
  }
});

test("a user is named behind the last file, where the stage says what runs", () => {
  assert.equal(
    fixed(runsAsRoot, 'FROM a:1\nCOPY a b\n# it listens\nEXPOSE 8080\nCMD ["a"]\n'),
    'FROM a:1\nCOPY a b\nUSER 10001:10001\n# it listens\nEXPOSE 8080\nCMD ["a"]\n',
  );
  assert.equal(fixed(runsAsRoot, "FROM a:1\nUSER root\nCMD a\n"), "FROM a:1\nUSER 10001:10001\nCMD a\n");
  assert.equal(
    fixed(runsAsRoot, "FROM a:1\nUSER 0\nRUN x\nENTRYPOINT a"),
    "FROM a:1\nUSER 0\nRUN x\nUSER 10001:10001\nENTRYPOINT a",
  );
  for (const text of [
    "FROM nginx:1\nCOPY a b\n",
    "FROM a:1\nEXPOSE 80\nCMD a\n",
    "ARG P\nFROM a:1\nEXPOSE $P\nCMD a\n",
    // The port is a stage's that it is built on, or the command's own, or the health check's.
    "FROM a:1 AS base\nEXPOSE 80\nFROM base\nCMD a\n",
    'FROM a:1\nCMD ["node", "server.js", "--port", "80"]\n',
    'FROM a:1\nENTRYPOINT ["a"]\nCMD ["--listen=:443"]\n',
    "FROM a:1\nCMD exec gunicorn app -b 0.0.0.0:80\n",
    "FROM a:1\nENV PORT=80\nCMD node x\n",
    "FROM a:1\nHEALTHCHECK CMD curl -f http://localhost/\nCMD a\n",
    // It is the server's own.
    "FROM nginx:1\nCMD nginx -g x\n",
    "FROM php:8-apache\nCMD a\n",
    "FROM debian:13\nRUN apt-get install -y apache2\nCMD apache2ctl -D FOREGROUND\n",
    // Containers within the container.
    "FROM docker:27-dind\nCMD dockerd\n",
    "FROM docker:27-dind AS base\nFROM base\nCMD x\n",
    "FROM ubuntu:24.04\nRUN apt-get install -y docker-ce\nCOPY start /start\nCMD /start\n",
    "FROM ubuntu:24.04\nVOLUME /var/lib/docker\nCMD /start\n",
    "FROM debian:13\nCMD /sbin/init\n",
  ]) {
    assert.equal(findings(runsAsRoot, text)[0]?.fix?.kind, "instruction", text);
  }
});
