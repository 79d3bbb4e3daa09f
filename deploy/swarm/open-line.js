import fs from "fs";

const folder = "/run/flotilla-line";

/** Has the shell beside run a script in this container, and answers with what it printed. */
async function run(r) {
  const { code, out, err } = await work(r, r.requestBuffer ?? "", r.headersIn["X-User"] ?? "");
  r.headersOut["X-Code"] = code;
  r.headersOut["X-Printed"] = String(out.length);
  r.return(200, Buffer.concat([out, err]));
}

/** The settings in force, as an archive. */
async function settings(r) {
  const { code, out } = await work(r, "sh /run/flotilla-line/pack.sh", "");
  if (code === "0") r.return(200, out);
  else r.return(404);
}

async function work(r, script, user) {
  // Each look at this variable gives another one.
  const id = r.variables.request_id;
  const job = `${folder}/${id}`;
  fs.writeFileSync(job, script, { mode: 0o600 });
  fs.appendFileSync(`${folder}/jobs`, `${id} ${user.replace(/\D/g, "")}\n`);
  while (!exists(`${job}.code`)) await pause(15);
  const [code, out, err] = ["code", "out", "err"].map((end) => fs.readFileSync(`${job}.${end}`));
  for (const end of ["", ".code", ".out", ".err"]) fs.unlinkSync(`${job}${end}`);
  return { code: code.toString().trim(), out, err };
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function exists(file) {
  try {
    fs.accessSync(file);
    return true;
  } catch {
    return false;
  }
}

export default { run, settings };
