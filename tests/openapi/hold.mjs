// hold.mjs: holds a running hub against resources/openapi.yaml
//
// SPDX-License-Identifier: GPL-3.0-or-later
//
// usage: node hold.mjs OPENAPI.yaml LINE FILE BUNDLE.  LINE lets this device in; FILE is evidence that the hub has; BUNDLE was
// written by another device, whose log is long enough for a stretch of it.
// The document is checked by one validator, every answer by another; neither knows the hub.

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import SwaggerParser from "@apidevtools/swagger-parser";
import validator from "openapi-response-validator";

const ResponseValidator = validator.default ?? validator;

const [, , documentPath, line, filePath, bundlePath] = process.argv;
let count = 0;

function ok(what, errors) {
  count++;
  console.log(`${errors ? "not ok" : "ok"} ${count} - ${what}`);
  if (errors)
    console.log("# " + JSON.stringify(errors));
}

const u16 = n => Buffer.from([n >> 8, n & 255]);
const u32 = n => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const u64 = n => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b; };
const named = text => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
const sha256 = data => createHash("sha256").update(data).digest();

// MC1- and base64url of address, hub id, hub key, pin, secret …
function readLine(text) {
  const data = Buffer.from(text.trim().slice(4), "base64url");
  const at = 1 + data[0];
  return { address: data.subarray(1, at).toString(), hub: data.subarray(at, at + 16),
           pin: data.subarray(at + 48, at + 80), secret: data.subarray(at + 80, at + 96) };
}

const enrolment = readLine(line);
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const rawKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const idBytes = randomBytes(16), incarnation = randomBytes(16);
for (const bytes of [idBytes, incarnation]) {
  bytes[6] = 0x70 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
}
const device = idBytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

function ask(method, path, headers = {}, body = null) {
  return new Promise((resolve, reject) => {
    const request = https.request(enrolment.address + path, { method, headers, rejectUnauthorized: false }, answer => {
      const parts = [];
      answer.on("data", part => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

function signedHeaders(path, extra = {}, method = "GET") {
  const nonce = randomBytes(16).toString("hex");
  const message = Buffer.concat([Buffer.from("minhchung-get-v1"), enrolment.hub, enrolment.pin, named(method), named(path),
                                 named(nonce), idBytes]);
  return { "Mc-Device": device, "Mc-Nonce": nonce, "Mc-Signature": sign(null, message, privateKey).toString("hex"), ...extra };
}

const frame = (kind, payload) => Buffer.concat([Buffer.from([kind]), u32(payload.length), payload]);

// HELLO, the frames, END
function syncBody(...frames) {
  const nonce = randomBytes(16);
  const message = Buffer.concat([Buffer.from("minhchung-hello-v1"), enrolment.hub, enrolment.pin, named("POST"), named("/v1/sync"),
                                 nonce, idBytes, incarnation]);
  const hello = Buffer.concat([u16(1), idBytes, incarnation, nonce, sign(null, message, privateKey), named("hold 1")]);
  const body = Buffer.concat([frame(1, hello), ...frames]);
  return Buffer.concat([body, frame(6, Buffer.concat([u32(0), sha256(Buffer.concat([body, u32(0)]))]))]);
}

const api = await SwaggerParser.dereference(documentPath);
await SwaggerParser.validate(documentPath);
ok("the document is OpenAPI");

// What an answer must be, by the document: its status, its type, its headers and what is in it.
function check(what, template, method, answer, expected) {
  const operation = api.paths[template][method];
  const said = operation.responses[answer.status];
  met.add(`${template} ${method} ${answer.status}`);
  const type = (answer.headers["content-type"] || "").split(";")[0];
  let errors = null;

  if (answer.status !== expected)
    errors = `status ${answer.status}, expected ${expected}: ${answer.body.toString().slice(0, 200)}`;
  else if (!said)
    errors = `status ${answer.status} is not in the document`;
  else if (said.content && !said.content[type])
    errors = `type ${type} is not in the document`;
  else if (said.content && type.endsWith("json"))
    errors = new ResponseValidator({ responses: operation.responses, components: api.components })
      .validateResponse(answer.status, JSON.parse(answer.body)) || null;
  for (const [name, header] of Object.entries((said && said.headers) || {})) {
    const value = answer.headers[name.toLowerCase()];
    const { pattern, enum: allowed } = header.schema;
    if (value === undefined || (pattern && !new RegExp(pattern).test(value)) || (allowed && !allowed.includes(value)))
      errors = errors || `header ${name}: ${value}`;
  }
  if (!errors && type === "application/problem+json" && JSON.parse(answer.body).status !== answer.status)
    errors = "the problem's status is not the answer's";
  ok(what, errors);

  return answer;
}

const met = new Set(["/v1/enrol post 429"]);  // at the end
const json = { "Content-Type": "application/json" };
const request = secret => JSON.stringify({ secret, device, public_key: rawKey.toString("hex"), name: "hold" });
const secret = enrolment.secret.toString("hex");

check("health", "/v1/health", "get", await ask("GET", "/v1/health"), 200);
const bare = check("health without a body", "/v1/health", "head", await ask("HEAD", "/v1/health"), 200);
ok("has none", bare.body.length > 0 && bare.body.length);
check("health by POST", "/v1/health", "get", await ask("POST", "/v1/health", json, "{}"), 405);
check("no JSON to enrol", "/v1/enrol", "post", await ask("POST", "/v1/enrol", json, "{"), 400);
check("numbers for texts", "/v1/enrol", "post", await ask("POST", "/v1/enrol", json, '{"secret":5,"device":[],"public_key":{}}'), 400);
check("a wrong secret", "/v1/enrol", "post", await ask("POST", "/v1/enrol", json, request("0".repeat(32))), 403);
check("too much to enrol", "/v1/enrol", "post", await ask("POST", "/v1/enrol", json, " ".repeat(100000)), 413);
check("a sync before the enrolment", "/v1/sync", "post", await ask("POST", "/v1/sync", {}, syncBody()), 403);
const let_in = check("the enrolment", "/v1/enrol", "post", await ask("POST", "/v1/enrol", json, request(secret)), 200);
check("and again", "/v1/enrol", "post", await ask("POST", "/v1/enrol", json, request(secret)), 200);
check("GET for the enrolment", "/v1/enrol", "post", await ask("GET", "/v1/enrol"), 405);

const { log } = JSON.parse(let_in.body);
check("units", "/v1/units", "get", await ask("GET", "/v1/units", signedHeaders("/v1/units")), 200);
check("units unsigned", "/v1/units", "get", await ask("GET", "/v1/units"), 403);
check("units with another path's signature", "/v1/units", "get", await ask("GET", "/v1/units", signedHeaders("/v1/other")), 403);

check("an empty sync", "/v1/sync", "post",
      await ask("POST", "/v1/sync", {}, syncBody(frame(2, Buffer.concat([named(log), u64(0), u64(0)])))), 200);
check("noise for a sync", "/v1/sync", "post", await ask("POST", "/v1/sync", {}, randomBytes(1000)), 400);
check("GET for a sync", "/v1/sync", "post", await ask("GET", "/v1/sync"), 405);

// The file came by a real program of the same unit.
const file = readFileSync(filePath), path = "/v1/evidence/" + sha256(file).toString("hex");
const whole = check("evidence", "/v1/evidence/{sha256}", "get", await ask("GET", path, signedHeaders(path)), 200);
ok("and it is the file", whole.body.equals(file) ? null : "other bytes");
const part = check("a part of it", "/v1/evidence/{sha256}", "get", await ask("GET", path, signedHeaders(path, { Range: "bytes=3-" })), 206);
ok("and it is that part", part.body.equals(file.subarray(3)) ? null : "other bytes");
check("not again", "/v1/evidence/{sha256}", "get", await ask("GET", path, signedHeaders(path, { "If-None-Match": whole.headers.etag })), 304);
check("past its end", "/v1/evidence/{sha256}", "get", await ask("GET", path, signedHeaders(path, { Range: "bytes=9999999-" })), 416);
check("unsigned", "/v1/evidence/{sha256}", "get", await ask("GET", path), 403);
const nothing = "/v1/evidence/" + "0".repeat(64);
check("a file that nobody named", "/v1/evidence/{sha256}", "get", await ask("GET", nothing, signedHeaders(nothing)), 404);
check("evidence by POST", "/v1/evidence/{sha256}", "get", await ask("POST", path, json, "{}"), 405);

// A stretch of the log of that other device, which is this one's too.
const segments = "/v1/segments/{log}/{from}", from = n => `/v1/segments/${log}/${n}`;
const stretch = check("a stretch", segments, "get", await ask("GET", from(0), signedHeaders(from(0))), 200);
ok("and it is the same each time", (await ask("GET", from(0), signedHeaders(from(0)))).body.equals(stretch.body) ? null : "other bytes");
const tail = check("the rest of it", segments, "get", await ask("GET", from(0), signedHeaders(from(0), { Range: "bytes=5-" })), 206);
ok("and it is that rest", tail.body.equals(stretch.body.subarray(5)) ? null : "other bytes");
check("past the stretch", segments, "get", await ask("GET", from(0), signedHeaders(from(0), { Range: "bytes=99999999-" })), 416);
check("past the log", segments, "get", await ask("GET", from(9999999), signedHeaders(from(9999999))), 204);
const others = "/v1/segments/21610@2004-07-08/0";
check("a log of others", segments, "get", await ask("GET", others, signedHeaders(others)), 204);
check("a stretch unsigned", segments, "get", await ask("GET", from(0)), 403);
check("a stretch from nowhere", segments, "get", await ask("GET", from("x"), signedHeaders(from("x"))), 404);
check("a stretch by POST", segments, "get", await ask("POST", from(0), json, "{}"), 405);

// The stick of that other device, carried in by this one.
const bundle = readFileSync(bundlePath), route = "/v1/bundle/{sha256}";
const carry = (bytes, offset, total, whole = bytes) => {
  const at = "/v1/bundle/" + sha256(whole).toString("hex");
  return ask("POST", at, signedHeaders(at, { "Mc-Offset": String(offset), "Mc-Total": String(total) }, "POST"), bytes);
};
async function answerTo(bytes) {
  let answer = await carry(Buffer.alloc(0), 0, bytes.length, bytes);
  while (answer.status === 202)
    answer = await carry(bytes.subarray(JSON.parse(answer.body).offset), JSON.parse(answer.body).offset, bytes.length, bytes);
  return answer;
}
const at = "/v1/bundle/" + sha256(bundle).toString("hex");
check("a piece", route, "post", await carry(bundle.subarray(0, 100), 0, bundle.length, bundle), 202);
check("the whole bundle", route, "post", await answerTo(bundle), 200);
check("and again", route, "post", await answerTo(bundle), 200);
check("noise for a bundle", route, "post", await answerTo(randomBytes(1000)), 422);
const cut = bundle.subarray(0, bundle.length - 10);
check("a bundle that is cut", route, "post", await answerTo(cut), 422);
check("a bundle that is too large", route, "post", await carry(Buffer.alloc(0), 0, 4067108865, bundle), 413);
check("more than was said", route, "post", await carry(bundle, 0, 10, Buffer.from("more")), 400);
check("a piece from nowhere", route, "post", await ask("POST", at, signedHeaders(at, {}, "POST"), "x"), 400);
check("a piece unsigned", route, "post", await ask("POST", at, { "Mc-Offset": "0", "Mc-Total": "10" }, "x"), 403);
check("GET of a bundle", route, "post", await ask("GET", at, signedHeaders(at)), 405);
check("a bundle without a name", route, "post", await ask("POST", "/v1/bundle/x", {}, "x"), 404);
check("a book for an answer", "/v1/units", "get", await ask("GET", "/v1/units", signedHeaders("/v1/units", { "Content-Length": "100000" }), " ".repeat(100000)), 413);
check("a unit", "/v1/units", "get", await ask("GET", "/v1/units/21609", signedHeaders("/v1/units/21609")), 404);
check("units by POST", "/v1/units", "get", await ask("POST", "/v1/units", json, "{}"), 405);

// Every success and every refusal of the document was met, but for those that need a broken or full hub.
const unmet = [];
for (const [template, item] of Object.entries(api.paths))
  for (const [method, operation] of Object.entries(item))
    for (const status of Object.keys(operation.responses))
      if (!met.has(`${template} ${method} ${status}`) && !["409", "410", "413", "500", "503", "507"].includes(status))
        unmet.push(`${template} ${method} ${status}`);
ok("every answer in the document was met", unmet.length > 0 ? unmet : null);

let limited;
for (let i = 0; i < 12; i++)
  limited = await ask("POST", "/v1/enrol", json, request("1".repeat(32)));
check("guessing", "/v1/enrol", "post", limited, 429);
console.log(`1..${count}`);
