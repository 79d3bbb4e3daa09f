# Run in the sources of mongorestore. It names the collection in each index too, which MongoDB ignores and FerretDB refuses.
grep -q 'index.Options\["ns"\] = dbName' mongorestore/metadata.go
sed -i '/index.Options\["ns"\] = dbName/d' mongorestore/metadata.go
