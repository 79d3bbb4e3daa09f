// Asks by Go's own client over HTTP/2 until its standard input ends, then prints what became of the requests.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

type report struct {
	Sent          int      `json:"sent"`
	Failed        int      `json:"failed"`
	Cut           int      `json:"cut"`
	SlowestMs     int64    `json:"slowestMs"`
	FirstFailures []string `json:"firstFailures"`
}

var (
	lock    sync.Mutex
	result  = report{FirstFailures: []string{}}
	started = time.Now()
)

func count(took time.Duration, err error, cut bool) {
	lock.Lock()
	defer lock.Unlock()
	result.Sent++
	if took.Milliseconds() > result.SlowestMs {
		result.SlowestMs = took.Milliseconds()
	}
	if err == nil {
		return
	}
	result.Failed++
	if cut {
		result.Cut++
	}
	if len(result.FirstFailures) < 10 {
		text := fmt.Sprintf("%.1f s: %v", time.Since(started).Seconds(), err)
		result.FirstFailures = append(result.FirstFailures, text)
	}
}

func ask(client *http.Client, url string, post bool) {
	begun := time.Now()
	method, body := "GET", io.Reader(nil)
	if post {
		method, body = "POST", bytes.NewReader([]byte(`{"item":"anchor"}`))
	}
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		panic(err)
	}
	response, err := client.Do(request)
	if err != nil {
		count(time.Since(begun), err, false)
		return
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		count(time.Since(begun), err, true)
	case response.ProtoMajor != 2:
		count(time.Since(begun), fmt.Errorf("protocol %s", response.Proto), false)
	case response.StatusCode != 200:
		count(time.Since(begun), fmt.Errorf("status %d", response.StatusCode), false)
	case !strings.Contains(string(text), "served_by"):
		count(time.Since(begun), fmt.Errorf("wrong body"), false)
	default:
		count(time.Since(begun), nil, false)
	}
}

func newClient(ca string) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(ca))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	return &http.Client{Transport: transport, Timeout: 60 * time.Second}
}

func main() {
	url, ca := os.Args[1], os.Getenv("CA")
	over := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(over)
	}()
	shared := newClient(ca)
	var running sync.WaitGroup
	run := func(path string, post bool, client *http.Client, pause time.Duration) {
		defer running.Done()
		for {
			asker := client
			if asker == nil {
				asker = newClient(ca)
			}
			ask(asker, url+path, post)
			if client == nil {
				asker.CloseIdleConnections()
			}
			select {
			case <-over:
				return
			case <-time.After(pause):
			}
		}
	}
	for i := 0; i < 8; i++ {
		running.Add(3)
		go run("/", false, shared, 40*time.Millisecond)
		go run("/", true, shared, 40*time.Millisecond)
		go run("/slow?ms=1500", i%2 == 0, shared, 40*time.Millisecond)
	}
	running.Add(1)
	go run("/", true, nil, 100*time.Millisecond)
	running.Wait()
	json.NewEncoder(os.Stdout).Encode(result)
}
