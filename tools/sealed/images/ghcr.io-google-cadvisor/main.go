// Package main measures containers with cAdvisor's own library, and serves what Prometheus asks for. The official
// program is in a module that no proxy has.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/google/cadvisor/cache/memory"
	"github.com/google/cadvisor/container"
	_ "github.com/google/cadvisor/container/docker/install"
	v2 "github.com/google/cadvisor/info/v2"
	"github.com/google/cadvisor/manager"
	"github.com/google/cadvisor/metrics"
	"github.com/google/cadvisor/utils/sysfs"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
)

var (
	port         = flag.Int("port", 8080, "port to listen")
	storeLabels  = flag.Bool("store_container_labels", true, "whether all labels of containers become labels of metrics")
	listedLabels = flag.String("whitelisted_container_labels", "", "labels of containers that become labels of metrics, where not all do")
	storage      = flag.Duration("storage_duration", 2*time.Minute, "how long to keep what was measured")
	disabled     = container.MetricSet{}
	enabled      = container.MetricSet{}
)

// Start of the names of the control groups that are measured.
var everyGroup = []string{""}

func main() {
	klog.InitFlags(nil)
	flag.Var(&disabled, "disable_metrics", "kinds of metrics that are left out")
	flag.Var(&enabled, "enable_metrics", "kinds of metrics, instead of all")
	flag.Parse()
	included := container.AllMetrics.Difference(disabled)
	if len(enabled) > 0 {
		included = enabled
	}
	labels := metrics.DefaultContainerLabels
	if !*storeLabels {
		labels = metrics.BaseContainerLabels(strings.Split(*listedLabels, ","))
	}
	measure, err := manager.New(memory.New(*storage, nil), sysfs.NewRealSysFs(), manager.HousekeepingConfigFlags,
		included, http.DefaultClient, everyGroup, nil, "", 0)
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	// One look after the other, each at all containers.
	every := v2.RequestOptions{IdType: v2.TypeName, Count: 1, Recursive: true}
	registry.MustRegister(
		metrics.NewPrometheusCollector(measure, labels, included, clock.RealClock{}, every),
		metrics.NewPrometheusMachineCollector(measure, included),
	)
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprint(answer, "ok") })
	if err := measure.Start(); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(fmt.Sprintf(":%d", *port), nil))
}
