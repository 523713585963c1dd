'use strict';
// The benchmarks' peer in Node: package net, one thread.
//
//   node echo.js mode=echo|deadline|idle|source|sink|proxy [target=HOST:PORT]
//
// Prints "listening PORT" and ends at the end of its standard input.
const net = require('net');

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.split('=')));
const block = Buffer.alloc(1 << 20, "x");

function echo(socket) {
  socket.on('data', (bytes) => {
    if (!socket.write(bytes)) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  });
}

function source(socket) {
  const fill = () => {
    while (socket.write(block));
  };
  socket.on('drain', fill);
  socket.resume();
  fill();
}

const handlers = {
  echo,
  idle: echo,
  deadline(socket) {
    // Starts anew with every byte in either direction.
    socket.setTimeout(30000, () => socket.destroy());
    echo(socket);
  },
  source,
  sink: (socket) => socket.resume(),
  proxy(socket) {
    const [host, port] = args.target.split(':');
    const up = net.connect({ host, port: Number(port), noDelay: true });
    up.on('error', () => socket.destroy());
    socket.on('close', () => up.destroy());
    socket.pipe(up).pipe(socket);
  },
};

const handle = handlers[args.mode];
if (!handle) {
  console.error('no mode ' + args.mode);
  process.exit(2);
}
const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  handle(socket);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log('listening ' + server.address().port);
});
process.stdin.on('end', () => process.exit(0)).resume();
