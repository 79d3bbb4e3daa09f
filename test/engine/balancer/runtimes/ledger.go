// The same ledger with Go's own server at its defaults.
package main

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

func main() {
	var lock sync.Mutex
	entries := 0
	names := map[string]bool{}
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		lock.Lock()
		defer lock.Unlock()
		if request.Method == "POST" {
			entries++
			names[string(body)] = true
		}
		response.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(response).Encode(map[string]any{"entries": entries, "names": len(names), "body": string(body)})
	})
	_ = http.ListenAndServe(":3000", nil)
}
