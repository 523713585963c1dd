module gonet.test/peer-http

go 1.22
