import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hostsIn, namesHost } from "./host-names.ts";

function hosts(text: string, options: Parameters<typeof hostsIn>[1] = {}): string[] {
  return hostsIn(text, options).map(({ host, port, scheme, portBehind }) => {
    const number = port ?? (portBehind === undefined ? undefined : `${portBehind}?`);
    return `${scheme === undefined ? "" : `${scheme}://`}${host}${number === undefined ? "" : `:${number}`}`;
  });
}

test("hosts of URLs, of pairs and of lists", () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    ["http://api.shop.svc.cluster.local./v1?a=b", "http://api.shop.svc.cluster.local"],
    ["api:3000", "api:3000"],
    ["API.Shop:3000", "api.shop:3000"],
    ["jdbc:postgresql://db:5432/orders?sslmode=disable", "postgresql://db:5432"],
    ["jdbc:oracle:thin:@//db:1521/orders", "db:1521"],
    ["jdbc:sqlserver://db:1433;databaseName=orders", "sqlserver://db:1433", "orders"],
    ["mongodb://user:word@a:27017,b:27017/x", "mongodb://a:27017", "b:27017"],
    ["user:word@tcp(db:3306)/orders", "tcp", "db:3306"],
    ["dns:///api:3000", "dns://api:3000"],
    ["kafka-0.kafka:9092, kafka-1.kafka:9092", "kafka-0.kafka:9092", "kafka-1.kafka:9092"],
    ["http://web/?next=api&then=db http://other", "http://web", "http://other"],
    ["host=db port=5432 user=shop", "db:5432?", "shop"],
    ["nc -z redis 6379", "nc", "redis:6379?"],
    ["http://10.20.0.16:8080/", "http://10.20.0.16:8080"],
    ["http://[fd00::1]:80", "http://fd00::1"],
  ];
  for (const [text, ...expected] of cases) {
    const found = hosts(text).filter((one) => !/^(?:user|word|x)$/.test(one));
    if (text.includes("[fd00")) assert.ok(!found.some((one) => one.includes("80")), text);
    else assert.deepEqual(found, expected, text);
  }
});

test("what is the pod's own, a path or a socket is no host", () => {
  for (const text of [
    "http://127.0.0.1:8080/",
    "localhost:80",
    ":8443",
    "0.0.0.0:80",
    "[::1]:80",
    "unix:///run/x.sock",
    "/etc/config/api.yaml",
    "quay.io/prometheus/prometheus:v3",
    "file:///api",
    "12:30",
    "-api",
  ]) {
    assert.deepEqual(hosts(text), [], text);
  }
});

test("lines of files that are comments name nothing, and keys stand before their values", () => {
  const text =
    '# upstream http://old\n// http://older\nupstream:\n  host: "api"\n"url" : "http://web"\nserver cache:6379;\n';
  assert.deepEqual(
    hostsIn(text, { isFile: true }).map(({ host, key }) => [host, key]),
    [
      ["api", "host"],
      ["web", "url"],
      ["server", undefined],
      ["cache", undefined],
    ],
  );
});

test("names of variables, flags and fields that say that a host follows", () => {
  for (const name of ["DATABASE_HOST", "--redis-host", "brokers", "redisUrl", "spring.datasource.url", "API_ADDR_1"]) {
    assert.ok(namesHost(name), name);
  }
  for (const name of ["LOG_LEVEL", "name", "--mode", "hosting", undefined]) assert.ok(!namesHost(name), name);
});

test("any text is read, and what is found is a host", () => {
  const parts = fc.constantFrom(
    "api",
    ":",
    "/",
    "//",
    "://",
    "@",
    ".",
    "=",
    "[",
    "]",
    "80",
    "-",
    " ",
    "\n",
    "#",
    "$(",
    "é",
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 60 }), fc.boolean(), (words, isFile) => {
      for (const { host, port } of hostsIn(words.join(""), { isFile })) {
        assert.match(host, /^[a-z0-9.:-]+$/i);
        assert.ok(port === undefined || (port > 0 && port < 65_536));
      }
    }),
  );
});
