const { ok } = await fetch("http://127.0.0.1:8080/");
process.exitCode = ok ? 0 : 1;
