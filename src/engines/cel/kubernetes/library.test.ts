import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds } from "../bounds.ts";
import { compile } from "../compile.ts";
import { asOwn } from "../maps.ts";
import type { Outcome } from "../model.ts";
import { type Answer, authorizerOf, requestResourceOf } from "./authorizer.ts";
import { kubernetes } from "./library.ts";

function run(text: string, variables: Readonly<Record<string, unknown>> = {}): Outcome {
  const compiled = compile(text, { variables: new Set(Object.keys(variables)), library: kubernetes });
  assert.ok("program" in compiled, "fault" in compiled ? `${text}: ${compiled.fault.reason}` : "");
  return compiled.program.evaluate(variables);
}

function holds(...texts: readonly string[]): void {
  for (const text of texts) {
    const outcome = run(text);
    assert.deepEqual(outcome, { kind: "value", value: true }, text);
  }
}

function fails(...texts: readonly string[]): void {
  for (const text of texts) assert.equal(run(text).kind, "error", text);
}

function fault(text: string, library: boolean): string | undefined {
  const compiled = compile(text, library ? { library: kubernetes } : {});
  return "fault" in compiled ? compiled.fault.reason : undefined;
}

test("only an expression that is given the library may use it", () => {
  for (const text of ["[1].isSorted()", "a.?b", "[1].all(i, v, v > i)", "'a'.find('b')", "[?a]", "optional.none()"]) {
    assert.notEqual(fault(text, false), undefined, text);
    assert.equal(fault(text, true), undefined, text);
  }
});

test("texts are of code points", () => {
  holds(
    "'a\u{1f600}b'.charAt(1) == '\u{1f600}' && 'a\u{1f600}b'.indexOf('b') == 2 && 'ab'.charAt(2) == ''",
    "'a\u{1f600}ba'.lastIndexOf('a') == 3 && 'tacocat'.indexOf('a', 3) == 5 && 'tacocat'.lastIndexOf('a', 4) == 1",
    "'a\u{1f600}b'.substring(1, 2) == '\u{1f600}' && 'tacocat'.substring(4) == 'cat'",
    "'ab'.replace('', '-') == '-a-b-' && 'aaa'.replace('a', 'b', 2) == 'bba' && 'aaa'.replace('a', 'b', 0) == 'aaa'",
    "'a\u{1f600}b'.split('') == ['a', '\u{1f600}', 'b'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && ''.split(',', 0) == []",
    "'\u0085 a \u3000'.trim() == 'a' && '\ufeffa'.trim() == '\ufeffa'",
    "['a', 'b'].join('-') == 'a-b' && 'ÀbC'.lowerAscii() == 'Àbc' && 'ÀbC'.upperAscii() == 'ÀBC'",
    "strings.quote('a\"b\\n') == '\"a\\\\\"b\\\\n\"'",
    "string(1000000.0) == '1e+06' && string(0.000001) == '1e-06' && string(0.5) == '0.5'",
  );
  fails("'a'.charAt(2)", "'a'.indexOf('a', -1)", "'abc'.substring(2, 1)", "'abc'.substring(0, 4)", "[1].join()");
});

test("texts are formatted as the API server's version does", () => {
  holds(
    "'%s is %d of %d (%.1f%%)'.format(['x', 1, 2u, 50.0]) == 'x is 1 of 2 (50.0%)'",
    "'%s'.format([['a', 1.5, null, {'k': true, 'a': b'x'}]]) == '[\"a\", 1.500000, null, {\"a\":b\"x\", \"k\":true}]'",
    "'%x %X %o %b %b'.format([255, b'\\xab', 8, 5, true]) == 'ff AB 10 101 1'",
    "'%.0f %.0f %.3f'.format([2.5, 1.5, 1234.5]) == '2 2 1,234.500'",
    "'%s %s'.format([duration('90s'), timestamp('2026-01-02T03:04:05Z')]) == '90s 2026-01-02T03:04:05Z'",
  );
  fails("'%d'.format(['a'])", "'%s %s'.format([1])", "'%q'.format([1])", "'%'.format([1])", "'%.101f'.format([1.0])");
});

test("lists and sets", () => {
  holds(
    "[1, 2, 2].isSorted() && ![2, 1].isSorted() && [1, 2].sum() == 3 && [].sum() == 0 && [duration('1m')].sum() == duration('1m')",
    "[3, 1].min() == 1 && [3, 1].max() == 3 && [1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1",
    "[1, 2].includes(2) && 'a'.includes('a')",
    "[1, [2, [3]]].flatten() == [1, 2, [3]] && [1, [2, [3]]].flatten(2) == [1, 2, 3] && lists.range(3) == [0, 1, 2]",
    "[3, 1, 2].sort() == [1, 2, 3] && ['bb', 'a'].sortBy(x, x.size()) == ['a', 'bb'] && [1, 1.0, 2].distinct() == [1, 2]",
    "[1, 2, 3].slice(1, 3) == [2, 3] && [1, 2].reverse() == [2, 1] && [1, 2].first().value() == 1 && ![].last().hasValue()",
    "sets.contains([1, 2.0], [2u]) && sets.equivalent([1], [1, 1]) && sets.intersects([1], [1, 2]) && !sets.intersects([], [1])",
  );
  fails("[].min()", "[1, 'a'].isSorted()", "['a'].sum()", "[1, 'a'].sort()", "[1].slice(0, 2)", "[[1]].flatten(-1)");
});

test("regular expressions, found", () => {
  holds(
    "'abc 123'.find('[0-9]+') == '123' && 'abc'.find('x') == ''",
    "'123 abc 456'.findAll('[0-9]+') == ['123', '456'] && '123 456'.findAll('[0-9]+', 1) == ['123']",
    "'abab'.findAll('b*') == ['', 'b', 'b'] && 'a'.findAll('a', 0) == []",
  );
  assert.match(fault("'a'.find('(')", true) ?? "", /^invalid pattern/);
});

test("optional values", () => {
  holds(
    "{'a': {'b': 1}}.?a.b.orValue(2) == 1 && {}.?a.b.orValue(2) == 2 && !{'a': 1}.?a.b.hasValue()",
    "[1][?0].value() == 1 && ![1][?1].hasValue() && {'a': 1}[?'b'].or(optional.of(3)).value() == 3",
    "[?{}.?a, ?{'a': 1}.?a] == [1] && {?'k': {}.?a} == {}",
    "optional.of(1).optMap(x, x + 1).value() == 2 && optional.none().optFlatMap(x, optional.of(x)) == optional.none()",
    "optional.ofNonZeroValue('') == optional.none() && optional.of(1) == optional.of(1.0) && type(optional.none()) == optional_type",
    "[optional.of(1), optional.none()].unwrapOpt() == [1] && has({'a': {'b': 1}}.?a.b) && !has({}.?a.b)",
    "optional.of(1).orValue(1 / 0) == 1",
  );
  fails("optional.none().value()", "[?1]", "(1).orValue(2)");
  assert.equal(run("has(o.a.b)", { o: { a: "text" } }).kind, "value", "what has no fields has not that one");
});

test("macros of two variables", () => {
  holds(
    "[1, 2].all(i, v, v == i + 1) && {'a': 1}.exists(k, v, k == 'a' && v == 1) && [5, 5].existsOne(i, v, i == 1)",
    "[5, 6].transformList(i, v, i > 0, v) == [6] && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
    "{'a': 'b'}.transformMapEntry(k, v, {v: k}) == {'b': 'a'} && [[1], []].all(i, v, v.all(w, w > i))",
  );
  fails("['a', 'a'].transformMapEntry(i, v, {v: i})");
  assert.match(fault("[1].all(i, i, true)", true) ?? "", /two names/);
});

test("URLs are what Go takes for one", () => {
  holds(
    "url('https://u:p@example.com:80/a b?k=1&k=2&x=%41#f').getEscapedPath() == '/a%20b'",
    "url('https://example.com/?k=1&k=2&x=%41').getQuery() == {'k': ['1', '2'], 'x': ['A']}",
    "url('HTTPS://[::1]:8443/').getScheme() == 'https' && url('https://[::1]:8443/').getHostname() == '::1'",
    "url('https://[::1]:8443/').getHost() == '[::1]:8443' && url('https://[::1]:8443/').getPort() == '8443'",
    "url('/path').getHost() == '' && url('mailto:a@example.com').getScheme() == 'mailto'",
    "[':a', '../a', 'a', '', 'https://a:b:c/', 'https://exa mple.com/', 'http://a/%zz', 'https://[1.2.3.4]/'].all(x, !isURL(x))",
    "isURL('https://example.com') && isURL('/a?b') && isURL('//a/b') && url('/a') == url('/a') && url('/a') != url('/b')",
  );
  fails("url('a b')");
});

test("addresses and networks are what Go takes for them", () => {
  holds(
    "ip('127.0.0.1').isLoopback() && ip('::1').isLoopback() && ip('::1').family() == 6 && ip('0.0.0.0').isUnspecified()",
    "ip('169.254.1.1').isLinkLocalUnicast() && ip('fe80::1').isLinkLocalUnicast() && !ip('fd80::1').isLinkLocalUnicast()",
    "ip('224.0.0.1').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast()",
    "ip('10.0.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && !ip('ff00::1').isGlobalUnicast()",
    "['127.0.0.256', '01.2.3.4', '::ffff:1.2.3.4', 'fe80::1%eth0', '1.2.3', ''].all(x, !isIP(x))",
    "ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && string(ip('2001:DB8::0:1')) == '2001:db8::1'",
    "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.0/8') != cidr('10.0.0.1/8') && cidr('::/0').prefixLength() == 0",
    "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('::1')) && cidr('::/0').containsCIDR('::1/128')",
    "!cidr('10.0.0.0/16').containsCIDR('10.0.0.0/8') && cidr('10.0.0.1/8').ip() == ip('10.0.0.1')",
    "['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '::ffff:1.2.3.4/96', '/8'].all(x, !isCIDR(x))",
    "type(ip('::1')) == net.IP && type(cidr('::/0')) == net.CIDR",
  );
  fails("ip('a')", "cidr('a')", "ip.isCanonical('a')", "cidr('10.0.0.0/8').containsIP('a')");
});

test("quantities are exact", () => {
  holds(
    "quantity('1.5Gi') == quantity('1536Mi') && quantity('1k') == quantity('1e3') && quantity('100m').add(quantity('900m')) == quantity('1')",
    "quantity('50k').add(20).sub(quantity('100k')).sub(-50000) == quantity('20') && quantity('50M').isLessThan(quantity('50Mi'))",
    "quantity('50k').asInteger() == 50000 && quantity('200M').compareTo(quantity('0.2G')) == 0 && sign(quantity('-1')) == -1",
    "!quantity('9999999999999999999999999999999999999G').isInteger() && !quantity('1.5').isInteger()",
    "quantity('0.0000000001') == quantity('1n') && quantity('0.1').asApproximateFloat() == 0.1",
    "['200K', 'Three', '1,3G', '1.2.3', '1Kib', '1e', '', ' 1', '1e999999999'].all(x, !isQuantity(x))",
  );
  fails("quantity('1.5').asInteger()", "quantity('Three')");
});

test("semantic versions", () => {
  holds(
    "semver('1.0.0-alpha.1').isLessThan(semver('1.0.0')) && semver('1.0.0+a') == semver('1.0.0') && semver('1.10.0').isGreaterThan(semver('1.9.0'))",
    "semver('v01.02', true) == semver('1.2.0') && semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3",
    "semver('1.0.0-1').compareTo(semver('1.0.0-a')) == -1 && semver('1.0.0-a.b').compareTo(semver('1.0.0-a')) == 1",
    "['v1.0.0', '1.0', '01.0.0', '1.0.0-', '1.0.0-01', 'a'].all(x, !isSemver(x)) && isSemver('v1.0', true) && !isSemver('1.0-a', true)",
  );
  fails("semver('1.0')");
});

test("named formats", () => {
  holds(
    "!format.dns1123Label().validate('my-name').hasValue() && format.dns1123Label().validate('My.name').hasValue()",
    "!format.dns1123LabelPrefix().validate('my-').hasValue() && format.dns1035Label().validate('1a').hasValue()",
    "!format.qualifiedName().validate('example.com/name').hasValue() && format.qualifiedName().validate('/name').hasValue()",
    "!format.labelValue().validate('').hasValue() && format.labelValue().validate('a b').value().size() > 0",
    "!format.uri().validate('/a').hasValue() && format.uuid().validate('x').hasValue() && format.byte().validate('a').hasValue()",
    "!format.date().validate('2026-02-28').hasValue() && format.date().validate('2026-02-29').hasValue()",
    "!format.datetime().validate('2026-02-28T00:00:00Z').hasValue() && !format.named('x').hasValue()",
    "format.named('uuid').value() == format.uuid()",
  );
});

test("what the cluster alone knows is asked for, and without an answer nothing is decided by it", () => {
  const asked: string[] = [];
  const variables = (answer: Answer) => ({
    authorizer: asOwn(authorizerOf(answer)),
    "authorizer.requestResource": asOwn(requestResourceOf(answer, { group: "", resource: "pods", namespace: "shop" })),
    allowed: true,
  });
  const answering = variables(({ key, ...question }) => {
    asked.push(JSON.stringify(question));
    return question.verb === "use";
  });
  const may =
    "authorizer.group('example.com').resource('breakglass').namespace('shop').name('x').check('use').allowed()";
  assert.deepEqual(run(may, answering), { kind: "value", value: true });
  assert.deepEqual(run("authorizer.requestResource.check('delete').allowed()", answering), {
    kind: "value",
    value: false,
  });
  assert.deepEqual(run("authorizer.path('/healthz').check('get').errored()", answering), {
    kind: "value",
    value: false,
  });
  assert.match(
    asked[0] ?? "",
    /"verb":"use".*"group":"example.com","resource":"breakglass","namespace":"shop","name":"x"/,
  );
  assert.match(asked[1] ?? "", /"resource":"pods","namespace":"shop"/);

  const silent = variables(() => undefined);
  const unknown = run(may, silent);
  assert.ok(unknown.kind === "unknown" && unknown.asks.length === 1);
  assert.equal(run("authorizer.path('/healthz').check('get').reason() == ''", answering).kind, "unknown");
  for (const decided of [`false && ${may}`, `!(allowed || ${may}) == false`, `[1, 2].exists(x, ${may} || x == 2)`])
    assert.equal(run(decided, silent).kind, "value", decided);
  for (const open of [
    `allowed && ${may}`,
    `${may} && 1 / 0 == 1`,
    `1 / 0 == 1 || ${may}`,
    `[1].all(x, ${may})`,
    `[${may}]`,
  ])
    assert.equal(run(open, silent).kind, "unknown", open);
  assert.equal(run("authorizer.path(' ').check('get').allowed()", silent).kind, "error");
  assert.equal(run("authorizer.serviceAccount('a b', 'c').path('/').check('get').allowed()", silent).kind, "error");
});

test("no text and no list makes an evaluation long", () => {
  const long = "a".repeat(200_000);
  const variables = { long, words: Array.from({ length: 2_000 }, (_, index) => `w${index}`) };
  for (const text of [
    "words.map(w, long.replace('a', 'bb'))",
    "words.map(w, long.find('(a+)+$'))",
    "words.map(w, words.distinct())",
    "long.replace('', long)",
    "lists.range(100000000)",
    "words.map(a, words.join(long))",
    "words.map(a, '%s'.format([words]))",
  ])
    assert.equal(run(text, variables).kind, "cost", text);
  assert.ok(bounds.steps <= 1_000_000);
});
