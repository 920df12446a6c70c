// OSC as Max's udpsend and udpreceive write and read it: whole numbers as `i`, others as `f`, texts as `s`; one message a packet.
"use strict";

function padded(text) {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([bytes, Buffer.alloc(4 - (bytes.length % 4))]);
}

function typeOf(value, allFloats) {
  if (typeof value === "string") return "s";
  if (!allFloats && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return "i";
  return "f";
}

function bytesOf(type, value) {
  if (type === "s") return padded(value);
  const bytes = Buffer.alloc(4);
  if (type === "i") bytes.writeInt32BE(value);
  else bytes.writeFloatBE(value);
  return bytes;
}

/** A packet. `allFloats`: as if Max made floats of all numbers. */
function encode(address, args, { allFloats = false, types = null } = {}) {
  const tags = types ? [...types] : args.map((value) => typeOf(value, allFloats));
  return Buffer.concat([padded(address), padded("," + tags.join("")), ...args.map((value, at) => bytesOf(tags[at], value))]);
}

function text(packet, from) {
  const end = packet.indexOf(0, from);
  if (end < 0) throw new Error("a text without its end");
  return [packet.toString("utf8", from, end), end + 4 - (end % 4)];
}

/** { address, types, args } of a packet; throws if it is none. */
function decode(packet) {
  const [address, afterAddress] = text(packet, 0);
  const [tags, afterTags] = text(packet, afterAddress);
  if (address[0] !== "/" || tags[0] !== ",") throw new Error("no OSC message");
  let at = afterTags;
  const args = [...tags.slice(1)].map((type) => {
    if (type === "s") {
      const [value, next] = text(packet, at);
      at = next;
      return value;
    }
    if (type !== "i" && type !== "f") throw new Error(`type ${type} is not known to Max`);
    at += 4;
    return type === "i" ? packet.readInt32BE(at - 4) : packet.readFloatBE(at - 4);
  });
  return { address, types: tags.slice(1), args };
}

module.exports = { encode, decode };
