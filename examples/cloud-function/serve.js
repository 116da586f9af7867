// The function on this machine: node serve.js [PORT]
const { createServer } = require('node:http');
const { buffer } = require('node:stream/consumers');
const { main } = require('./index');

const server = createServer(async (request, response) => {
  const { method: httpMethod, url: path, headers } = request;
  const body = (await buffer(request)).toString('base64');
  const answer = await main({ httpMethod, path, headers, body, isBase64Encoded: true });
  response.writeHead(answer.statusCode, answer.headers).end(answer.body);
});
server.listen(Number(process.argv[2] || 8789), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
