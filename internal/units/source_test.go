package units_test

import (
	"fmt"
	"time"

	"github.com/retrygen/retrygen/internal/units"
)

func ExampleGo() {
	fmt.Println(units.Go(90 * time.Minute))
	fmt.Println(units.Go(time.Second))
	fmt.Println(units.Go(1500 * time.Microsecond))
	fmt.Println(units.Go(0))
	// Output:
	// 90 Minute
	// 1 Second
	// 1500 Microsecond
	// 0 Hour
}
