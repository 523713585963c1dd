module gonet.test/peer

go 1.21
