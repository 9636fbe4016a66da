import assert from "node:assert/strict";
import { test } from "node:test";
import { compileOutput, parseOutput } from "./output.ts";

const FIELDS = new Set(["proc.name", "proc.cmdline", "fd.name", "evt.arg[flags]", "toupper(proc.name)"]);
const isField = (text: string) => FIELDS.has(text);

function rendered(output: string, values: Readonly<Record<string, string>>) {
  const parsed = parseOutput(output, isField);
  assert.ok("parts" in parsed, output);
  const render = compileOutput<Readonly<Record<string, string>>>(parsed.parts, (operand) => {
    const name = operand.kind === "field" ? operand.name : operand.transformer;
    return (event) => event[name];
  });
  return render(values);
}

test("fields are filled in, and what is absent is <NA>", () => {
  const { text, fields } = rendered("A shell (name=%proc.name file=%fd.name)", { "proc.name": "sh" });
  assert.equal(text, "A shell (name=sh file=<NA>)");
  assert.deepEqual(fields, { "proc.name": "sh", "fd.name": null });
});

test("a width cuts and fills up; %% is a percent sign; a star in front means nothing", () => {
  const values = { "proc.name": "postgres" };
  assert.equal(
    rendered("[%12proc.name] [%4proc.name] [%6fd.name] 100%%", values).text,
    "[postgres    ] [post] [<NA>  ] 100%",
  );
  assert.equal(rendered("*%proc.name%proc.name", values).text, "postgrespostgres");
  assert.equal(rendered("nothing", values).text, "nothing");
});

test("of a name as much is taken as there is a field of", () => {
  const values = { "proc.name": "sh", "fd.name": "/x", "evt.arg": "y" };
  assert.equal(rendered("%proc.names %fd.name. %fd.name.more", values).text, "shs /x. /x.more");
  assert.equal(rendered("%evt.arg[flags]]", values).text, "y]");
});

test("transformers are filled in under the name that they are written by", () => {
  const { text, fields } = rendered("%toupper(proc.name)!", { toupper: "SH" });
  assert.equal(text, "SH!");
  assert.deepEqual(fields, { "toupper(proc.name)": "SH" });
});

test("what is no field, and what ends too early, is refused with its place", () => {
  const fault = (output: string) => parseOutput(output, isField);
  assert.deepEqual(fault("seen %not_a_real_field"), {
    fault: "invalid formatting token not_a_real_field",
    unknownField: true,
    at: 5,
  });
  assert.deepEqual(fault("*%proc.nobody x"), {
    fault: "invalid formatting token proc.nobody",
    unknownField: true,
    at: 1,
  });
  assert.deepEqual(fault("100%"), {
    fault: "invalid formatting syntax: formatting cannot end with a %",
    unknownField: false,
    at: 3,
  });
  assert.deepEqual(fault("%20"), {
    fault: "invalid formatting syntax: formatting cannot end with a number",
    unknownField: false,
    at: 0,
  });
  assert.deepEqual(fault("%99999proc.name"), { fault: "width is over 4096", unknownField: false, at: 0 });
  const unclosed = fault("%tolower(proc.name");
  assert.ok("fault" in unclosed && !unclosed.unknownField);
});
